// SPDX-License-Identifier: MIT
#include "relay/mail_letter.h"

#include <string.h>

static const char *const names[LETTER_COUNT] = {"confirm", "changing", "removed", "reset", "test"};

const char *mail_letter_name(enum mail_letter_kind kind) { return names[kind]; }

// {site}, {host}, {name}, {address} and {code} are filled in.
struct words {
    const char *language;
    struct {
        const char *subject, *body;
    } letters[LETTER_COUNT];
    const char *foot;
};

static const struct words english = {
    "en",
    {[LETTER_CONFIRM] = {"Confirm your address for {host}",
                         "Somebody, hopefully you, gave this address to the account @{name}.\n\n"
                         "To confirm that it is yours, open this within a day:\n\n"
                         "{site}/confirm-email#{code}\n\n"
                         "If you know nothing of it, do nothing: the address is forgotten then.\n"},
     [LETTER_CHANGING] = {"Another address for your account at {host}",
                          "Somebody who is signed in as @{name} and knows the password gave the "
                          "account another e-mail address:\n\n{address}\n\n"
                          "Once it is confirmed it takes the place of this one.\n\n"
                          "If that was not you, sign in, choose a new password and take the "
                          "address away again:\n\n{site}/account\n"},
     [LETTER_REMOVED] = {"Your address was removed at {host}",
                         "This address does not belong to the account @{name} any more: somebody "
                         "who is signed in and knows the password took it away.\n\n"
                         "If that was not you, sign in and choose a new password, or ask whoever "
                         "runs the site:\n\n{site}/account\n"},
     [LETTER_RESET] = {"A new password for {host}",
                       "Somebody, hopefully you, asked for a new password for the account "
                       "@{name}.\n\n"
                       "To choose one, open this within an hour; it works once:\n\n"
                       "{site}/reset#{code}\n\n"
                       "If it was not you, do nothing: the password stays as it is.\n"},
     [LETTER_TEST] = {"A test message from {host}",
                      "The relay at {site} can send mail. Letters beyond ASCII arrive whole when "
                      "these have something on them: ä é ø\n"}},
    "\n-- \nThis message comes from {host} by itself; nobody reads answers to it.\n"};

static const struct words german = {
    "de",
    {[LETTER_CONFIRM] = {"Bestätige deine Adresse für {host}",
                         "Jemand, hoffentlich du, hat diese Adresse beim Konto @{name} "
                         "angegeben.\n\n"
                         "Öffne das hier innerhalb eines Tages, um zu bestätigen, "
                         "dass sie dir gehört:\n\n"
                         "{site}/confirm-email#{code}\n\n"
                         "Wenn du davon nichts weißt, tu nichts: Dann wird die Adresse "
                         "vergessen.\n"},
     [LETTER_CHANGING] = {"Eine andere Adresse für dein Konto bei {host}",
                          "Jemand, der als @{name} angemeldet ist und das Passwort kennt, hat dem "
                          "Konto eine andere E-Mail-Adresse gegeben:\n\n{address}\n\n"
                          "Sobald sie bestätigt ist, tritt sie an die Stelle dieser "
                          "hier.\n\n"
                          "Wenn du das nicht warst, melde dich an, wähle ein neues Passwort "
                          "und nimm die Adresse wieder weg:\n\n{site}/account\n"},
     [LETTER_REMOVED] = {"Deine Adresse wurde bei {host} entfernt",
                         "Diese Adresse gehört nicht mehr zum Konto @{name}: Jemand, der "
                         "angemeldet ist und das Passwort kennt, hat sie weggenommen.\n\n"
                         "Wenn du das nicht warst, melde dich an und wähle ein neues "
                         "Passwort, oder frag, wer die Seite betreibt:\n\n{site}/account\n"},
     [LETTER_RESET] = {"Ein neues Passwort für {host}",
                       "Jemand, hoffentlich du, möchte ein neues Passwort für das "
                       "Konto @{name}.\n\n"
                       "Öffne das hier innerhalb einer Stunde, um eines zu wählen; "
                       "es gilt einmal:\n\n"
                       "{site}/reset#{code}\n\n"
                       "Wenn du das nicht warst, tu nichts: Das Passwort bleibt, wie es ist.\n"},
     [LETTER_TEST] =
         {"Eine Probenachricht von {host}",
          "Der Server von {site} kann E-Mails verschicken. Umlaute kommen ganz an, wenn "
          "das welche sind: ä ö ü\n"}},
    "\n-- \nDiese Nachricht kommt von {host} selbst; niemand liest Antworten darauf.\n"};

static const struct words *words_of(const char *language) {
    return language && strcmp(language, german.language) == 0 ? &german : &english;
}

// A piece of a letter's text that stands for `key`, up to `len` bytes.
struct piece {
    const char *text;
    size_t len;
};

static struct piece all_of(const char *text) {
    return (struct piece){text ? text : "", text ? strlen(text) : 0};
}

static struct piece piece_for(const struct mail_letter *l, const char *key, size_t len) {
    const char *const slashes = strstr(l->site, "://");
    const char *const host = slashes ? slashes + 3 : l->site;
    struct piece site = all_of(l->site);
    while (site.len && site.text[site.len - 1] == '/')
        site.len--;
    return strncmp(key, "host", len) == 0   ? (struct piece){host, strcspn(host, "/")}
           : strncmp(key, "site", len) == 0 ? site
           : strncmp(key, "name", len) == 0 ? all_of(l->name)
           : strncmp(key, "code", len) == 0 ? all_of(l->code)
                                            : all_of(l->address);
}

// Writes `text` filled in behind the first *at bytes of `out`, and NUL.
static bool fill(char *out, size_t cap, size_t *at, const char *text, const struct mail_letter *l) {
    while (*text) {
        struct piece piece = {text, strcspn(text, "{")};
        text += piece.len;
        if (!piece.len) {
            const size_t key = strcspn(text, "}") - 1;
            piece = piece_for(l, text + 1, key);
            text += key + 2;
        }
        if (piece.len >= cap - *at)
            return false;
        memcpy(out + *at, piece.text, piece.len);
        *at += piece.len;
        out[*at] = '\0';
    }
    return true;
}

bool mail_letter_write(char subject[MAIL_SUBJECT_BYTES], char body[MAIL_BODY_BYTES],
                       const struct mail_letter *l) {
    const struct words *const words = words_of(l->language);
    size_t subject_len = 0, body_len = 0;
    return fill(subject, MAIL_SUBJECT_BYTES, &subject_len, words->letters[l->kind].subject, l) &&
           fill(body, MAIL_BODY_BYTES, &body_len, words->letters[l->kind].body, l) &&
           fill(body, MAIL_BODY_BYTES, &body_len, words->foot, l);
}

bool mail_letter_send(struct mailer *m, const char *to, const struct mail_letter *letter) {
    char subject[MAIL_SUBJECT_BYTES], body[MAIL_BODY_BYTES];
    return mail_letter_write(subject, body, letter) &&
           mailer_send(m, mail_letter_name(letter->kind), to, subject, body);
}
