// SPDX-License-Identifier: MIT
#include "relay/show_door.h"

#include "relay/show_pass.h"
#include <string.h>

static void fill(struct show_door *out, const char *id, const char *account_id,
                 const struct show_about *about) {
    memcpy(out->id, id, sizeof(out->id));
    memcpy(out->account_id, account_id, sizeof(out->account_id));
    out->visibility = about->visibility;
    memcpy(out->invited, about->invited, sizeof(out->invited));
    memcpy(out->password_hash, about->password_hash, sizeof(out->password_hash));
}

void show_door_of(struct show_door *out, const struct show *show) {
    fill(out, show->id, show->account_id, &show->about);
}

void show_door_of_kept(struct show_door *out, const struct store_show *kept) {
    fill(out, kept->id, kept->account_id, &kept->about);
}

enum show_actor show_door_actor(const struct show_door *door, const struct show_visitor *visitor) {
    const enum show_actor actor = show_actor_of(&visitor->person, door->account_id);
    if (actor == SHOW_ACTOR_OWNER || actor == SHOW_ACTOR_ADMIN)
        return actor;
    if (door->visibility == SHOW_PRIVATE && visitor->person.id[0] &&
        show_is_invited(door->invited, visitor->person.canonical))
        return SHOW_ACTOR_INVITED;
    if (door->visibility == SHOW_PASSWORD &&
        show_pass_is_valid(visitor->pass, door->id, door->password_hash, visitor->unix_us))
        return SHOW_ACTOR_INVITED;
    return actor;
}

enum show_entry show_door_entry(const struct show_door *door, const struct show_visitor *visitor) {
    const bool is_closed = show_is_closed(door->visibility);
    const enum show_actor actor = is_closed ? show_door_actor(door, visitor) : SHOW_ACTOR_GUEST;
    if (show_may(actor, is_closed ? SHOW_WATCH_CLOSED : SHOW_WATCH))
        return SHOW_ENTRY_OPEN;
    return show_may(actor, door->visibility == SHOW_PRIVATE ? SHOW_SEE_PRIVATE : SHOW_SEE)
               ? SHOW_ENTRY_LOCKED
               : SHOW_ENTRY_HIDDEN;
}

bool show_door_differs(const struct show_about *before, const struct show_about *after) {
    return show_is_closed(after->visibility) &&
           (before->visibility != after->visibility ||
            strcmp(before->invited, after->invited) != 0 ||
            strcmp(before->password_hash, after->password_hash) != 0);
}
