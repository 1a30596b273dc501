// SPDX-License-Identifier: MIT
// What a relay relies on when it drops layers, checked on the tables themselves.
#include "shared/limits.h"
#include "wasm/temporal_pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void each_reference_belongs_to_one_layer(void **state) {
    (void)state;
    for (unsigned layers = 1; layers <= LIMIT_TEMPORAL_LAYERS_COUNT; layers++) {
        for (unsigned i = 0; i < temporal_period(layers); i++) {
            const struct temporal_slot *const slot = temporal_slot_at(layers, i);
            assert_in_range(slot->layer, 0, layers - 1);
            assert_int_equal(slot->layer == 0, (slot->use & TEMPORAL_WRITE_LAST) != 0);
            if (slot->use & TEMPORAL_WRITE_GOLDEN)
                assert_int_equal(slot->layer, 1);
            if (slot->layer == 2)
                assert_int_equal(slot->use & (TEMPORAL_WRITE_LAST | TEMPORAL_WRITE_GOLDEN), 0);
            assert_int_equal(slot->is_sync, !(slot->use & TEMPORAL_READ_GOLDEN));
        }
    }
}

static void a_frame_reads_golden_only_after_this_period_wrote_it(void **state) {
    (void)state;
    for (unsigned layers = 2; layers <= LIMIT_TEMPORAL_LAYERS_COUNT; layers++) {
        int is_written = 0;
        for (unsigned i = 0; i < temporal_period(layers); i++) {
            const struct temporal_slot *const slot = temporal_slot_at(layers, i);
            if (slot->use & TEMPORAL_READ_GOLDEN)
                assert_true(is_written);
            is_written |= (slot->use & TEMPORAL_WRITE_GOLDEN) != 0;
        }
        assert_true(is_written);
    }
}

static void three_layers_run_0_2_1_2(void **state) {
    (void)state;
    static const uint8_t layers[] = {0, 2, 1, 2, 0, 2, 1, 2};
    assert_int_equal(temporal_period(3), sizeof layers);
    for (unsigned i = 0; i < 4 * sizeof layers; i++)
        assert_int_equal(temporal_slot_at(3, i)->layer, layers[i % sizeof layers]);
}

static void rates_and_bitrates_fit_the_pattern(void **state) {
    (void)state;
    for (unsigned layers = 1; layers <= LIMIT_TEMPORAL_LAYERS_COUNT; layers++) {
        unsigned percent = 0;
        for (unsigned layer = 0; layer < layers; layer++) {
            unsigned frames = 0;
            for (unsigned i = 0; i < temporal_period(layers); i++)
                frames += temporal_slot_at(layers, i)->layer <= layer;
            assert_int_equal(frames * temporal_rate_decimator(layers, layer),
                             temporal_period(layers));
            assert_true(temporal_bitrate_percent(layers, layer) > percent);
            percent = temporal_bitrate_percent(layers, layer);
        }
        assert_int_equal(percent, 100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reference_belongs_to_one_layer),
        cmocka_unit_test(a_frame_reads_golden_only_after_this_period_wrote_it),
        cmocka_unit_test(three_layers_run_0_2_1_2),
        cmocka_unit_test(rates_and_bitrates_fit_the_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
