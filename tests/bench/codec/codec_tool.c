// SPDX-License-Identifier: MIT
//
// The command line of the codec tool: `codec_tool encode|decode NAME=VALUE ...`, the names being
// those of the table below.
#include "codec_tool.h"

#include <stdlib.h>
#include <string.h>

struct tool_option {
    const char *name;
    const char **text; // where a text goes, else NULL
    int *number;       // where a number goes
};

static int read_options(struct tool_settings *settings, int count, char **words) {
    const struct tool_option options[] = {
        {"input", &settings->input, NULL},
        {"output", &settings->output, NULL},
        {"width", NULL, &settings->width},
        {"height", NULL, &settings->height},
        {"frames", NULL, &settings->frames},
        {"warm", NULL, &settings->warm_frames},
        {"bitrate", NULL, &settings->bitrate_kbps},
        {"cpu-used", NULL, &settings->cpu_used},
        {"layers", NULL, &settings->temporal_layers},
        {"threads", NULL, &settings->threads},
        {"screen", NULL, &settings->is_screen},
        {"profile", NULL, &settings->profile},
        {"list", NULL, &settings->lists_hashes},
    };
    for (int i = 0; i < count; i++) {
        const char *const equals = strchr(words[i], '=');
        const size_t len = equals != NULL ? (size_t)(equals - words[i]) : 0;
        const struct tool_option *found = NULL;
        for (size_t j = 0; j < sizeof(options) / sizeof(options[0]) && equals != NULL; j++) {
            if (strlen(options[j].name) == len && strncmp(options[j].name, words[i], len) == 0) {
                found = &options[j];
            }
        }
        if (found == NULL) {
            fprintf(stderr, "no such option: %s\n", words[i]);
            return -1;
        }
        if (found->text != NULL) {
            *found->text = equals + 1;
        } else {
            *found->number = (int)strtol(equals + 1, NULL, 10);
        }
    }
    return 0;
}

int main(int count, char **words) {
    struct tool_settings settings = {
        .frames = 60, .bitrate_kbps = 2000, .cpu_used = -8, .temporal_layers = 1, .threads = 1};
    if (count < 2 || read_options(&settings, count - 2, words + 2) != 0 || settings.input == NULL) {
        fprintf(stderr,
                "usage: codec_tool encode|decode input=FILE [width= height= frames= ...]\n");
        return 2;
    }
    if (settings.temporal_layers < 1 || settings.temporal_layers > 3) {
        fprintf(stderr, "layers are 1, 2 or 3\n");
        return 2;
    }
    if (strcmp(words[1], "encode") == 0) {
        return tool_encode(&settings);
    }
    if (strcmp(words[1], "decode") == 0) {
        return tool_decode(&settings);
    }
    fprintf(stderr, "no such command: %s\n", words[1]);
    return 2;
}
