// SPDX-License-Identifier: MIT
#include "live_room.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct kit kit;
struct kit_peer pub, ann, bob;

int live_room_setup(void **state) {
    (void)state;
    kit_init(&kit);
    memset(&pub, 0, sizeof(pub));
    memset(&ann, 0, sizeof(ann));
    memset(&bob, 0, sizeof(bob));
    return 0;
}

int live_room_teardown(void **state) {
    (void)state;
    kit_close(&kit, &pub);
    kit_close(&kit, &ann);
    kit_close(&kit, &bob);
    kit_dispose(&kit);
    return 0;
}

struct show *live_show(void) {
    struct show *const show = kit_show(&kit, "Show");
    kit_publish(&kit, &pub, show, kit.key);
    kit_start(&kit, &pub, 0);
    kit_send_init(&kit, &pub);
    return show;
}

void assert_closed(struct kit_peer *p, uint16_t code, const char *error) {
    kit_pull(&kit, p, 0);
    assert_int_equal(p->closed, code);
    if (error)
        assert_non_null(kit_text(p, error, 0));
}
