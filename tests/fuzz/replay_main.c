// SPDX-License-Identifier: MIT
// Runs a fuzz target over stored inputs without libFuzzer, so that ordinary CTest replays each
// corpus under whatever sanitizer the build has. Arguments: files and folders (read flat). Fails
// when an argument cannot be read or when there was nothing to run: a lost corpus must not pass for
// a clean one.
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

// Corpus files are small; a larger one is a mistake worth hearing about.
#define LIMIT_INPUT_BYTES (16L * 1024 * 1024)

static int replay_file(const char *path) {
    FILE *const file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    int result = -1;
    uint8_t *data = NULL;
    long size = -1;
    if (fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size < 0 || size > LIMIT_INPUT_BYTES || fseek(file, 0, SEEK_SET) != 0) {
        fprintf(stderr, "%s: unreadable or over %ld bytes\n", path, LIMIT_INPUT_BYTES);
        goto done;
    }
    // Exactly as long as the input: reading one byte past it is a finding.
    data = malloc(size > 0 ? (size_t)size : 1);
    if (data == NULL || fread(data, 1, (size_t)size, file) != (size_t)size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        goto done;
    }
    LLVMFuzzerTestOneInput(data, (size_t)size);
    result = 0;
done:
    free(data);
    fclose(file);
    return result;
}

// Returns the number of inputs run, or -1.
static long replay_folder(const char *path) {
    DIR *const dir = opendir(path);
    if (dir == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return -1;
    }
    long count = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char name[4096];
        struct stat info;
        const int len = snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (len < 0 || (size_t)len >= sizeof name || stat(name, &info) != 0) {
            count = -1;
            break;
        }
        if (!S_ISREG(info.st_mode))
            continue;
        if (replay_file(name) != 0) {
            count = -1;
            break;
        }
        count++;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv) {
    long total = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) != 0) {
            fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
            return 1;
        }
        const long count =
            S_ISDIR(info.st_mode) ? replay_folder(argv[i]) : replay_file(argv[i]) + 1;
        if (count <= 0) {
            fprintf(stderr, "%s: nothing replayed\n", argv[i]);
            return 1;
        }
        total += count;
    }
    printf("%ld inputs replayed\n", total);
    return total > 0 ? 0 : 1;
}
