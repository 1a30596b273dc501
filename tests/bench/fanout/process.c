// SPDX-License-Identifier: MIT
#include "bench.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void bench_fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "fanout: ");
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

uint64_t bench_now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static double own_cpu_seconds(pid_t pid) {
    char path[64], text[1024];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *const f = fopen(path, "r");
    if (!f)
        bench_fail("the process is gone");
    const size_t len = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    text[len] = '\0';
    unsigned long user = 0, system = 0;
    const char *const behind_name = strrchr(text, ')');
    if (!behind_name ||
        sscanf(behind_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        bench_fail("cannot read %s", path);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static long own_rss_kb(pid_t pid) {
    char path[64], line[256];
    long kb = -1;
    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *const f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

// Calls for the process and its children: nginx works in one.
static double add_up(pid_t pid, double (*of)(pid_t pid)) {
    char path[64];
    int child;
    double sum = of(pid);
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *const f = fopen(path, "r");
    while (f && fscanf(f, "%d", &child) == 1)
        sum += of(child);
    if (f)
        fclose(f);
    return sum;
}

static double rss_of(pid_t pid) { return (double)own_rss_kb(pid); }

double bench_cpu_seconds(pid_t pid) { return add_up(pid, own_cpu_seconds); }
long bench_rss_kb(pid_t pid) { return (long)add_up(pid, rss_of); }

void bench_remove_folder(const char *dir) {
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    if (system(command) != 0)
        bench_fail("%s stays", dir);
}

pid_t bench_relay_start(const char *binary, char *const *more, const char *tls_dir, uint16_t *port,
                        char *data_dir, int connections) {
    int out[2];
    char count[16], line[256], cert[512], key[512];
    snprintf(count, sizeof(count), "%d", connections);
    if (!mkdtemp(data_dir) || pipe(out) != 0)
        bench_fail("cannot start the relay");
    const pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        const char *arguments[40] = {binary,
                                     "serve",
                                     "--listen",
                                     "127.0.0.1:0",
                                     "--data",
                                     data_dir,
                                     "--max-members",
                                     count,
                                     "--max-connections",
                                     count,
                                     "--max-per-address",
                                     count,
                                     "--log-level",
                                     "error"};
        int n = 14;
        for (int i = 0; more[i] && n < 35; i++)
            arguments[n++] = more[i];
        if (tls_dir) {
            snprintf(cert, sizeof(cert), "%s/cert.pem", tls_dir);
            snprintf(key, sizeof(key), "%s/key.pem", tls_dir);
            arguments[n++] = "--tls-cert";
            arguments[n++] = cert;
            arguments[n++] = "--tls-key";
            arguments[n++] = key;
        }
        execv(binary, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(out[1]);
    FILE *const f = fdopen(out[0], "r");
    unsigned number = 0;
    if (!f || !fgets(line, sizeof(line), f) ||
        sscanf(line, "listening on http%*[s:/]127.0.0.1:%u", &number) != 1)
        bench_fail("%s did not start", binary);
    *port = (uint16_t)number; // the pipe stays open: closing it would end the relay's stdout
    return pid;
}

void bench_process_stop(pid_t pid) {
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
}
