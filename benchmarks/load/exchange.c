/* The load of the comparison where bodies count, or several requests are sent at a time: one thread, one epoll, keep-alive HTTP/1.1.
 *
 *   exchange PORT [name=value ...]
 *     pid=N            the server: its processor time over the window is read from /proc
 *     source=A.B.C.D   address of this side (127.0.0.1)
 *     path=/hello      what is asked for
 *     body=0           bytes of a body; with any, the method is POST
 *     field=           one more field, as in "Accept-Encoding: gzip"
 *     depth=1          requests that are sent at a time, before any of them is answered
 *     connections=100
 *     warm=1 seconds=3 not counted, and counted
 *
 * Prints name=value lines as load.c does. Times in microseconds, from the first byte sent of a request, or of the bunch that it is sent in, to
 * the last byte of its answer. What was answered in the window counts. bytes= are those of all bodies received in it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define MAX_HEAD 16384

static int port, pid, connections = 100, depth = 1;
static long body;
static double warm = 1, seconds = 3;
static const char *source = "127.0.0.1", *path = "/hello", *field = "";

static void fail(const char *what) {
    fprintf(stderr, "exchange: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void give_up(const char *why) {
    fprintf(stderr, "exchange: %s\n", why);
    exit(1);
}

static void usage(const char *argument) {
    fprintf(stderr, "exchange: %s is not understood; see the head of exchange.c\n", argument);
    exit(2);
}

static void read_options(int count, char **arguments) {
    if (count < 2 || (port = atoi(arguments[1])) < 1) usage("no port");
    for (int i = 2; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        if (!value) usage(arguments[i]);
        *value++ = 0;
        const char *name = arguments[i];
        if (!strcmp(name, "pid")) pid = atoi(value);
        else if (!strcmp(name, "source")) source = value;
        else if (!strcmp(name, "path")) path = value;
        else if (!strcmp(name, "body")) body = atol(value);
        else if (!strcmp(name, "field")) field = value;
        else if (!strcmp(name, "depth")) depth = atoi(value);
        else if (!strcmp(name, "connections")) connections = atoi(value);
        else if (!strcmp(name, "warm")) warm = atof(value);
        else if (!strcmp(name, "seconds")) seconds = atof(value);
        else usage(name);
    }
    if (connections < 1 || depth < 1 || body < 0 || seconds <= 0) usage("a number");
}

static int64_t now_nanos(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* User and system time of the server in microseconds; the kernel counts it in hundredths of a second. */
static int64_t server_cpu_micros(void) {
    char name[64], text[1024];
    if (!pid) return 0;
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *file = fopen(name, "r");
    if (!file || !fgets(text, sizeof text, file)) fail(name);
    fclose(file);
    unsigned long user, system;
    if (sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) fail(name);
    return (int64_t) (user + system) * 10000;
}

static int64_t own_cpu_micros(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

/* --- one connection */

enum state { HEAD, BODY, CHUNK_SIZE, CHUNK, CHUNK_END, TRAILER };

typedef struct {
    int fd, answers_due, head_length, status;
    enum state state;
    long sent, left;    /* of the requests; of the body or chunk */
    int64_t since;
    char *head;         /* of the answer, or of the line of the chunk */
} Connection;

static char *requests;
static long requests_length;
static int poller;
static int64_t window_begin, window_end;
static uint64_t answered, other_status, broken, bytes;
static bool is_over;
static int32_t *times;
static size_t times_count, times_room;

static void prepare(void) {
    char head[2048];
    int length = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s", body ? "POST" : "GET", path, field, *field ? "\r\n" : "");
    if (body) length += snprintf(head + length, sizeof head - length, "Content-Type: application/octet-stream\r\nContent-Length: %ld\r\n", body);
    length += snprintf(head + length, sizeof head - length, "\r\n");
    requests_length = depth * (length + body);
    requests = malloc(requests_length);
    for (int i = 0; i < depth; i++) {
        char *at = requests + i * (length + body);
        memcpy(at, head, length);
        for (long k = 0; k < body; k++) at[length + k] = (char) ('a' + (k * 7 + k / 13) % 26);
    }
}

static void open_connection(Connection *connection) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0) fail("socket");
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, source, &from.sin_addr) != 1) fail(source);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(fd, (struct sockaddr *) &from, sizeof from)) fail("bind");
    if (connect(fd, (struct sockaddr *) &to, sizeof to)) fail("connect");
    connection->fd = fd;
    connection->state = HEAD;
    connection->head_length = connection->answers_due = 0;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

/* What fits; the edge of the output goes on with the rest. */
static void send_rest(Connection *connection) {
    while (connection->answers_due && connection->sent < requests_length) {
        ssize_t sent = send(connection->fd, requests + connection->sent, requests_length - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return; /* no room, or the reading side finds out what is wrong */
        connection->sent += sent;
    }
}

static void ask(Connection *connection) {
    if (is_over) return;
    connection->sent = 0;
    connection->answers_due = depth;
    connection->since = now_nanos();
    send_rest(connection);
}

static void take_answer(Connection *connection) {
    int64_t now = now_nanos();
    if (now >= window_begin && now < window_end) {
        if (connection->status >= 200 && connection->status < 300) {
            answered++;
            if (times_count == times_room) times = realloc(times, (times_room = times_room ? 2 * times_room : 1 << 16) * sizeof *times);
            int64_t micros10 = (now - connection->since) / 100;
            times[times_count++] = micros10 > INT32_MAX ? INT32_MAX : (int32_t) micros10;
        } else {
            other_status++;
        }
    }
    connection->state = HEAD;
    connection->head_length = 0;
    if (--connection->answers_due == 0) ask(connection);
}

static void on_head(Connection *connection) {
    connection->head[connection->head_length] = 0;
    connection->status = atoi(connection->head + 9);
    connection->left = -1;
    bool is_chunked = false;
    for (char *line = strstr(connection->head, "\r\n"); line[2]; line = strstr(line + 2, "\r\n")) {
        if (!strncasecmp(line + 2, "content-length:", 15)) connection->left = atol(line + 17);
        if (!strncasecmp(line + 2, "transfer-encoding:", 18)) is_chunked = true;
        if (line[2] == '\r') break;
    }
    connection->head_length = 0;
    if (is_chunked) connection->state = CHUNK_SIZE;
    else if (connection->left > 0) connection->state = BODY;
    else if (connection->left == 0) take_answer(connection);
    else give_up("an answer without length");
}

/* The next byte of a line or head; true when it is whole: after LF, or after an empty line. */
static bool collect(Connection *connection, char c, bool is_head) {
    if (connection->head_length >= MAX_HEAD - 1) give_up("a head of more than 16 KiB");
    connection->head[connection->head_length++] = c;
    if (c != '\n') return false;
    return !is_head || (connection->head_length >= 4 && !memcmp(connection->head + connection->head_length - 4, "\r\n\r\n", 4));
}

static void take(Connection *connection, const char *text, long length) {
    bool counts = !is_over && now_nanos() >= window_begin;
    for (long at = 0; at < length;) {
        switch (connection->state) {
            case HEAD: {
                if (!connection->answers_due) give_up("an answer that nobody asked for");
                if (collect(connection, text[at++], true)) on_head(connection);
                break;
            }
            case BODY:
            case CHUNK: {
                long count = length - at < connection->left ? length - at : connection->left;
                if (counts) bytes += count;
                at += count;
                connection->left -= count;
                if (connection->left) break;
                if (connection->state == BODY) take_answer(connection);
                else connection->state = CHUNK_END;
                break;
            }
            case CHUNK_SIZE:
            case TRAILER: {
                if (!collect(connection, text[at++], false)) break;
                connection->head[connection->head_length] = 0;
                if (connection->state == TRAILER) {
                    bool is_last = connection->head_length == 2;
                    connection->head_length = 0;
                    if (is_last) take_answer(connection);
                } else {
                    connection->left = strtol(connection->head, NULL, 16);
                    connection->head_length = 0;
                    connection->state = connection->left ? CHUNK : TRAILER;
                }
                break;
            }
            case CHUNK_END: {
                if (text[at++] == '\n') connection->state = CHUNK_SIZE;
                break;
            }
        }
    }
}

static void on_readable(Connection *connection) {
    static char fresh[1 << 18];
    for (;;) {
        ssize_t received = recv(connection->fd, fresh, sizeof fresh, MSG_DONTWAIT);
        if (received < 0 && errno == EAGAIN) return;
        if (received <= 0) {
            if (is_over) return;
            broken++;
            close(connection->fd);
            open_connection(connection);
            ask(connection);
            return;
        }
        take(connection, fresh, received);
    }
}

static void wait_until(Connection *all, int64_t deadline) {
    static struct epoll_event ready[1024];
    (void) all;
    for (;;) {
        int64_t now = now_nanos();
        if (now >= deadline) return;
        struct timespec timeout = {.tv_sec = (deadline - now) / SECOND, .tv_nsec = (deadline - now) % SECOND};
        int count = epoll_pwait2(poller, ready, 1024, &timeout, NULL);
        if (count < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int i = 0; i < count; i++) {
            Connection *connection = ready[i].data.ptr;
            if (ready[i].events & EPOLLOUT) send_rest(connection);
            if (ready[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) on_readable(connection);
        }
    }
}

static int by_size(const void *a, const void *b) {
    int32_t left = *(const int32_t *) a, right = *(const int32_t *) b;
    return (left > right) - (left < right);
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    prepare();
    poller = epoll_create1(EPOLL_CLOEXEC);
    Connection *all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        all[i].head = malloc(MAX_HEAD);
        open_connection(&all[i]);
    }
    window_begin = now_nanos() + (int64_t) (warm * SECOND);
    window_end = window_begin + (int64_t) (seconds * SECOND);
    for (int i = 0; i < connections; i++) ask(&all[i]);
    wait_until(all, window_begin);
    int64_t cpu = server_cpu_micros(), own = own_cpu_micros(), opened = now_nanos();
    wait_until(all, window_end);
    cpu = server_cpu_micros() - cpu;
    own = own_cpu_micros() - own;
    int64_t closed = now_nanos();
    is_over = true;
    printf("seconds=%.6f\ncpu=%lld\nown_cpu=%lld\nanswered=%llu\n", (closed - opened) / 1e9, (long long) cpu, (long long) own, (unsigned long long) answered);
    if (times_count) {
        qsort(times, times_count, sizeof *times, by_size);
        printf("answered_p50=%.1f\nanswered_p99=%.1f\nanswered_p999=%.1f\n", times[times_count / 2] / 10.0, times[times_count * 99 / 100] / 10.0,
            times[times_count * 999 / 1000] / 10.0);
    }
    printf("other_status=%llu\nbroken=%llu\nbytes=%llu\n", (unsigned long long) other_status, (unsigned long long) broken, (unsigned long long) bytes);
    return 0;
}
