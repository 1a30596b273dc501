// SPDX-License-Identifier: MIT
// Starts and ends the relay: options, folders, recorder, network. The only file that knows all of
// them.
#include "relay/accounts.h"
#include "relay/commands.h"
#include "relay/errands.h"
#include "relay/log.h"
#include "relay/mail_desk.h"
#include "relay/net.h"
#include "relay/openid.h"
#include "relay/options.h"
#include "relay/push.h"
#include "relay/random.h"
#include "relay/replay_files.h"
#include "relay/resume.h"
#include "relay/secret_file.h"
#include "relay/show_keeper.h"
#include "relay/show_news.h"
#include "relay/store_sqlite.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct program {
    struct options options;
    struct log log;
    struct relay relay;
    struct accounts accounts;
    struct errands errands;
    struct webpush_key push_key;
    struct webpush *webpush;
    struct openid *openid;
    struct show_news news;
    struct api api;
    struct net *_Atomic net; // other threads look whether it is there (notify)
    char recordings[OPTION_TEXT_BYTES + 16];
};

static void write_line(void *ctx, const char *line, size_t len) {
    (void)ctx;
    // A full pipe or a closed terminal must not stop the show: what cannot be written is lost.
    ssize_t written = write(STDERR_FILENO, line, len);
    (void)written;
}

static int64_t unix_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void print_usage(FILE *out) {
    fprintf(out, "usage: tabcast serve [OPTION...]            serve shows until SIGTERM\n");
    commands_print_usage(out);
    fprintf(out, "       tabcast --version | --help\n\n"
                 "All take --data DIR, and may be used while a relay serves it.\n\n"
                 "Options of serve:\n");
    options_print_help(out);
}

static bool read_options(struct options *o, int argc, char **argv) {
    char error[256];
    const char *config = getenv("TABCAST_CONFIG");
    options_init(o);
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--config=", 9) == 0)
            config = argv[i] + 9;
        else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            config = argv[i + 1];
    }
    if ((config && *config && !options_read_config_file(o, config, error, sizeof(error))) ||
        !options_read_environment(o, getenv, error, sizeof(error)) ||
        !options_read_arguments(o, argc, argv, error, sizeof(error)) ||
        !options_check(o, error, sizeof(error))) {
        fprintf(stderr, "tabcast: %s\n", error);
        return false;
    }
    return true;
}

// Opens DATA/recordings, made when missing; -1 with a word on stderr.
static int open_recordings(struct program *p) {
    snprintf(p->recordings, sizeof(p->recordings), "%s/recordings", p->options.data);
    if ((mkdir(p->options.data, 0755) != 0 && errno != EEXIST) ||
        (mkdir(p->recordings, 0755) != 0 && errno != EEXIST)) {
        fprintf(stderr, "tabcast: %s: %s\n", p->recordings, strerror(errno));
        return -1;
    }
    const int fd = open(p->recordings, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        fprintf(stderr, "tabcast: %s: %s\n", p->recordings, strerror(errno));
    return fd;
}

// One file per connection, and some for recordings and replays. Returns how many connections fit.
static uint32_t raise_file_limit(uint32_t connections) {
    const rlim_t spare = 512;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return connections;
    const rlim_t wanted = connections + spare;
    limit.rlim_cur =
        limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted ? wanted : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t fit = limit.rlim_cur > spare * 2 ? limit.rlim_cur - spare : limit.rlim_cur / 2;
    return fit < connections ? (uint32_t)fit : connections;
}

static void notify(void *ctx) {
    struct program *const p = ctx;
    struct net *const net = p->net;
    if (net)
        net_notify(net);
}

// What other threads have done meanwhile.
static void poll_threads(void *ctx, uint64_t now_us) {
    struct program *const p = ctx;
    struct recorder_event event;
    if (p->relay.store)
        store_poll(p->relay.store);
    if (p->relay.accounts)
        accounts_poll(p->relay.accounts, now_us, relay_unix_us(&p->relay, now_us));
    if (p->openid)
        openid_poll(p->openid);
    errands_poll(&p->errands, now_us);
    mail_desk_poll(&p->relay, now_us);
    discards_poll(&p->relay, p->api.recordings_fd, relay_unix_us(&p->relay, now_us) / 1000000);
    show_news_poll(&p->news, now_us);
    while (p->relay.recorder && recorder_poll(p->relay.recorder, &event)) {
        if (event.kind == RECORDER_FINALISED || event.kind == RECORDER_REPAIRED) {
            struct replay replay;
            if (replay_read(p->api.recordings_fd, event.id, &replay) == 0) {
                if (event.duration_ms)
                    replay.duration_ms = event.duration_ms;
                show_add_replay(&p->relay, &replay);
            }
        }
        relay_recorder_event(&p->relay, &event, now_us);
    }
}

// Opens DATA/tabcast.db and takes up the shows that had not ended.
static int open_store(struct program *p) {
    char path[OPTION_TEXT_BYTES + 16], error[STORE_ERROR_BYTES];
    const struct store_config config = {.wake = notify, .wake_ctx = p};
    snprintf(path, sizeof(path), "%s/" STORE_FILE, p->options.data);
    p->relay.store = store_sqlite_open(&config, path, error);
    if (!p->relay.store) {
        fprintf(stderr, "tabcast: %s\n", error);
        return -1;
    }
    if (show_restore_all(&p->relay, net_now_us()) == 0)
        return 0;
    fprintf(stderr, "tabcast: %s: the shows cannot be read\n", path);
    return -1;
}

static int open_accounts(struct program *p) {
    const struct options *const o = &p->options;
    struct accounts_config config = {.sign_ins_per_minute = o->sign_ins_per_minute,
                                     .accounts_per_minute = o->accounts_per_minute,
                                     .is_https = strncmp(o->public_url, "https://", 8) == 0,
                                     .wake = notify,
                                     .wake_ctx = p};
    (void)accounts_registration_read(&config.registration, o->registration); // options_check did
    if (accounts_init(&p->accounts, &config, p->relay.store) != 0) {
        fprintf(stderr, "tabcast: out of memory\n");
        return -1;
    }
    p->relay.accounts = &p->accounts;
    p->errands.relay = &p->relay;
    return 0;
}

static int64_t unix_now_s(void) { return unix_now_us() / 1000000; }

// Browsers know the relay by a key, which therefore stays the same.
static int open_webpush(struct program *p) {
    const struct options *const o = &p->options;
    char path[OPTION_TEXT_BYTES + 16];
    snprintf(path, sizeof(path), "%s/webpush.key", o->data);
    if (!webpush_key_load(&p->push_key, path)) {
        fprintf(stderr, "tabcast: %s: %s\n", path, strerror(errno));
        return -1;
    }
    const bool is_https = strncmp(o->public_url, "https://", 8) == 0;
    const struct webpush_config config = {.key = p->push_key,
                                          .subject = o->push_contact[0] ? o->push_contact
                                                     : is_https         ? o->public_url
                                                                : "mailto:tabcast@localhost",
                                          .is_anywhere = o->push_anywhere,
                                          .unix_s = unix_now_s,
                                          .wake = notify,
                                          .wake_ctx = p};
    p->webpush = webpush_create(&config);
    if (!p->webpush) {
        fprintf(stderr, "tabcast: out of memory\n");
        return -1;
    }
    p->relay.push_key = &p->push_key;
    p->news = (struct show_news){.relay = &p->relay, .webpush = p->webpush};
    p->relay.news = &p->news;
    return 0;
}

static int open_openid(struct program *p) {
    const struct options *const o = &p->options;
    char secret[SECRET_FILE_BYTES] = "", error[256];
    if (!o->oidc_issuer[0])
        return 0;
    if (o->oidc_client_secret_file[0] &&
        !secret_file_read(secret, o->oidc_client_secret_file, error)) {
        fprintf(stderr, "tabcast: %s\n", error);
        return -1;
    }
    const struct openid_config config = {.issuer = o->oidc_issuer,
                                         .client_id = o->oidc_client_id,
                                         .secret = secret,
                                         .name = o->oidc_name,
                                         .unix_s = unix_now_s,
                                         .wake = notify,
                                         .wake_ctx = p};
    p->accounts.openid = p->openid = openid_create(&config);
    if (p->openid)
        return 0;
    fprintf(stderr, "tabcast: out of memory\n");
    return -1;
}

static const int ending_signals[] = {SIGTERM, SIGINT, SIGUSR2};
enum { ENDING_SIGNALS_COUNT = sizeof(ending_signals) / sizeof(ending_signals[0]) };

// From now on they wait for is_hurried: the loops, which took them, have ended.
static void hold_ending_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < ENDING_SIGNALS_COUNT; i++)
        sigaddset(&set, ending_signals[i]);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

// Asked twice to end: while the loops still ran, or since.
static bool is_hurried(void *ctx) {
    const struct program *const p = ctx;
    sigset_t pending;
    bool is_asked = p->net && net_is_hurried(p->net);
    sigpending(&pending);
    for (size_t i = 0; i < ENDING_SIGNALS_COUNT; i++)
        is_asked = is_asked || sigismember(&pending, ending_signals[i]) == 1;
    return is_asked;
}

static int open_mail(struct program *p) {
    char error[256];
    const struct mail_desk_config config = {.options = &p->options,
                                            .unix_us = unix_now_us,
                                            .now_us = net_now_us,
                                            .wake = notify,
                                            .wake_ctx = p,
                                            .is_hurried = is_hurried,
                                            .hurry_ctx = p};
    if (mail_desk_open(&p->relay, &config, error) == 0)
        return 0;
    fprintf(stderr, "tabcast: %s\n", error);
    return -1;
}

static enum log_level level_of(const char *name) {
    return name[0] == 'd'   ? LOG_LEVEL_DEBUG
           : name[0] == 'i' ? LOG_LEVEL_INFO
           : name[0] == 'w' ? LOG_LEVEL_WARN
                            : LOG_LEVEL_ERROR;
}

static unsigned loops_count(uint32_t threads) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned wanted = threads ? threads : cores > 0 ? (unsigned)cores : 1;
    return wanted < LIMIT_LOOPS_COUNT ? wanted : LIMIT_LOOPS_COUNT;
}

static enum net_ride ride_of(const char *name) {
    return name[0] == 'n'                ? NET_RIDE_NEVER
           : strcmp(name, "always") == 0 ? NET_RIDE_ALWAYS
                                         : NET_RIDE_AUTO;
}

// False: io_uring was asked for by name and does not work here.
static bool choose_fanout(const char *name, bool *wants_uring) {
    *wants_uring = strcmp(name, "send") != 0 && push_uring_works();
    if (*wants_uring || strcmp(name, "io_uring") != 0)
        return true;
    fprintf(stderr, "tabcast: io_uring cannot be had here; --fanout auto falls back to send\n");
    return false;
}

// False: the kernel does not offer what was asked for by name.
static bool check_congestion(const char *name) {
    char others[256];
    if (!name[0] || net_has_congestion(name, others, sizeof(others)))
        return true;
    fprintf(stderr, "tabcast: tcp-congestion: the kernel does not offer \"%.40s\"; it offers: %s\n",
            name, others);
    return false;
}

static int start(struct program *p) {
    const struct options *const o = &p->options;
    const uint32_t connections = raise_file_limit(o->max_connections);
    const struct relay_config config = {
        .rooms_count = o->max_rooms,
        .members_count = o->max_members,
        .shows_per_minute = o->shows_per_minute,
        .pushes_anywhere = o->push_anywhere,
        .needs_account = strcmp(o->creators, "accounts") == 0,
        .publisher_bps = (uint64_t)o->publisher_kbps * 1000,
        .public_url = o->public_url,
        .version = TABCAST_VERSION,
    };
    p->log = (struct log){.write = write_line,
                          .lowest = level_of(o->log_level),
                          .is_json = strcmp(o->log_format, "json") == 0};
    if (relay_init(&p->relay, &config, net_now_us(), unix_now_us()) != 0) {
        fprintf(stderr, "tabcast: out of memory\n");
        return -1;
    }
    p->relay.log = &p->log;
    p->api.relay = &p->relay;
    p->api.recordings_fd = open_recordings(p);
    if (p->api.recordings_fd < 0)
        return -1;
    if (open_store(p) != 0 || open_accounts(p) != 0 || open_webpush(p) != 0 ||
        open_openid(p) != 0 || open_mail(p) != 0)
        return -1;
    p->api.assets = assets_create(o->web[0] ? o->web : NULL);
    if (!p->api.assets) {
        fprintf(stderr, "tabcast: %s: %s\n", o->web, strerror(errno));
        return -1;
    }
    const int replays = replay_scan(p->api.recordings_fd, &p->relay.replays);
    discards_read(&p->relay, p->api.recordings_fd);
    show_hide_replays(&p->relay);
    const struct recorder_config recorder = {.dir = p->recordings,
                                             .queue_limit_bytes = (uint64_t)o->recorder_queue_mb
                                                                  << 20,
                                             .repairs_when_told = true,
                                             .wake = notify,
                                             .wake_ctx = p};
    char host[OPTION_TEXT_BYTES];
    uint16_t port = 0;
    bool wants_uring = false;
    if (!choose_fanout(o->fanout, &wants_uring) || !check_congestion(o->tcp_congestion))
        return -1;
    listen_address_read(o->listen, host, &port);
    const struct net_config net = {.host = host,
                                   .port = port,
                                   .connections_count = connections,
                                   .per_address_count = o->max_per_address,
                                   .tls_cert = o->tls_cert,
                                   .tls_key = o->tls_key,
                                   .loops_count = loops_count(o->threads),
                                   .wants_uring = wants_uring,
                                   .ride = ride_of(o->ride),
                                   .congestion = o->tcp_congestion,
                                   .trusts_proxy = o->trust_proxy,
                                   .on_tick = poll_threads,
                                   .tick_ctx = p};
    p->net = net_create(&net, &p->relay, &p->api);
    if (!p->net) {
        fprintf(stderr, "tabcast: cannot listen on %s\n", o->listen);
        return -1;
    }
    p->relay.recorder = recorder_create(&recorder); // after net_create: its thread wakes the loop
    if (!p->relay.recorder) {
        fprintf(stderr, "tabcast: %s: %s\n", p->recordings, strerror(errno));
        return -1;
    }
    resume_recordings(&p->relay, p->api.recordings_fd);
    recorder_repair(p->relay.recorder);
    char congestion[16];
    net_congestion(p->net, congestion, sizeof(congestion));
    log_event(
        &p->log, unix_now_us(), LOG_LEVEL_INFO, "started", LOG_TEXT("version", TABCAST_VERSION),
        LOG_NUMBER("replays", replays > 0 ? replays : 0),
        LOG_NUMBER("max_connections", connections), LOG_NUMBER("threads", net.loops_count),
        LOG_TEXT("fanout", wants_uring ? "io_uring" : "send"), LOG_TEXT("congestion", congestion));
    const char *const shown = !host[0] || strcmp(host, "0.0.0.0") == 0 ? "localhost" : host;
    printf(strchr(shown, ':') ? "listening on %s://[%s]:%u\n" : "listening on %s://%s:%u\n",
           o->tls_cert[0] ? "https" : "http", shown, net_port(p->net));
    fflush(stdout);
    return 0;
}

static int serve(int argc, char **argv) {
    static struct program p; // large; the one instance of the process
    int status = 1;
    p.api.recordings_fd = -1;
    if (!read_options(&p.options, argc, argv))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    if (start(&p) == 0) {
        net_run(p.net);
        hold_ending_signals();
        status = 0;
    }
    net_close(p.net);
    store_drain(p.relay.store); // what was asked for before the end is done: mails, too
    if (p.relay.recorder)
        recorder_destroy(p.relay.recorder); // finalises what was still open
    p.relay.recorder = NULL;
    openid_close(p.openid);
    accounts_close(&p.accounts);
    webpush_destroy(p.webpush);
    mail_desk_close(&p.relay, net_now_us);
    store_close(p.relay.store);
    p.relay.store = NULL;
    accounts_dispose(&p.accounts);
    openid_destroy(p.openid);
    net_destroy(p.net); // now nobody is left to notify it
    if (p.relay.shows.by_id)
        relay_dispose(&p.relay);
    assets_destroy(p.api.assets);
    if (p.api.recordings_fd >= 0)
        close(p.api.recordings_fd);
    if (status == 0)
        log_event(&p.log, unix_now_us(), LOG_LEVEL_INFO, "stopped",
                  LOG_NUMBER("shows", p.relay.metrics.shows_ended));
    return status;
}

int main(int argc, char **argv) {
    if (random_start() != 0) {
        fprintf(stderr, "tabcast: the system has no randomness\n");
        return 1;
    }
    const char *command = argc > 1 ? argv[1] : "--help";
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            command = "--help";
    if (strcmp(command, "serve") == 0)
        return serve(argc - 2, argv + 2);
    if (strcmp(command, "--version") == 0) {
        printf("tabcast %s\n", TABCAST_VERSION);
        return 0;
    }
    const bool is_help = strcmp(command, "--help") == 0 || strcmp(command, "help") == 0 ||
                         strcmp(command, "-h") == 0;
    const int status = is_help ? -1 : commands_run(argc - 1, argv + 1, read_options);
    if (status >= 0)
        return status;
    print_usage(is_help ? stdout : stderr);
    return is_help ? 0 : 2;
}
