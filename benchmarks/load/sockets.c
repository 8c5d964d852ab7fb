/* The load of the comparison on WebSocket sessions: one thread, one epoll, sessions that were opened one after the other beforehand.
 *
 *   sockets PORT [name=value ...]
 *     pid=N            the server: its processor time over the window is read from /proc
 *     source=A.B.C.D   address of this side (127.0.0.1)
 *     path=/echo       of the endpoint
 *     sessions=100
 *     size=64          bytes of a text message
 *     deflated=FILE    such a message as permessage-deflate has it, which then is offered, sent and expected
 *     rate=0           messages a second over all sessions, each due at its moment; 0: each session sends when it has its answer
 *     to=each          all: the first session sends, every one has to get it, then the next message goes
 *     beside=0         more sessions, which wait at beside_path= and send when they have their answer; they are not counted
 *     warm=1 seconds=3 not counted, and counted
 *
 * Prints name=value lines as load.c does. Times in microseconds, to the last byte of an answer: from its sending, or from when it was due.
 * Every message that a session gets in the window counts as answered. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
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
#define MAX_DUE 256 /* messages of one session on their way at a fixed rate */

static int port, pid, sessions = 100, beside;
static long size = 64;
static double rate, warm = 1, seconds = 3;
static const char *source = "127.0.0.1", *path = "/echo", *beside_path = "/wait", *deflated;
static bool to_all;

static void fail(const char *what) {
    fprintf(stderr, "sockets: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void give_up(const char *why) {
    fprintf(stderr, "sockets: %s\n", why);
    exit(1);
}

static void usage(const char *argument) {
    fprintf(stderr, "sockets: %s is not understood; see the head of sockets.c\n", argument);
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
        else if (!strcmp(name, "sessions")) sessions = atoi(value);
        else if (!strcmp(name, "size")) size = atol(value);
        else if (!strcmp(name, "deflated")) deflated = value;
        else if (!strcmp(name, "rate")) rate = atof(value);
        else if (!strcmp(name, "to") && (!strcmp(value, "each") || !strcmp(value, "all"))) to_all = value[0] == 'a';
        else if (!strcmp(name, "beside")) beside = atoi(value);
        else if (!strcmp(name, "beside_path")) beside_path = value;
        else if (!strcmp(name, "warm")) warm = atof(value);
        else if (!strcmp(name, "seconds")) seconds = atof(value);
        else usage(name);
    }
    if (sessions < 1 || beside < 0 || size < 1 || rate < 0 || seconds <= 0 || (rate > 0 && to_all)) usage("a number");
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

/* --- one session */

typedef struct {
    int fd;
    bool is_counted, is_last; /* the frame that comes in ends a message */
    unsigned char head[10];
    int head_length;
    uint64_t left;            /* bytes of its payload still to come; the head is whole */
    bool in_payload;
    int64_t due[MAX_DUE];
    unsigned first_due, behind_due;
    char *rest;               /* of a frame that the socket had no room for */
    long rest_length;
} Session;

static char *frame;
static long frame_length;
static int poller;
static Session *all;
static int64_t window_begin, window_end;
static uint64_t answered, broken, bytes, waiting_for;
static bool is_over;
static int32_t *times;
static size_t times_count, times_room;

/* One masked frame, the same for everybody. */
static void prepare(void) {
    static const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};
    char *payload = malloc(size > 1 << 20 ? size : 1 << 20);
    long length = size;
    for (long i = 0; i < size; i++) payload[i] = "the quick brown dormouse sleeps "[(i + i / 97) % 32];
    if (deflated) {
        int file = open(deflated, O_RDONLY | O_CLOEXEC);
        if (file < 0 || (length = read(file, payload, 1 << 20)) <= 0) fail(deflated);
        close(file);
    }
    frame = malloc(length + 14);
    char *at = frame;
    *at++ = (char) (deflated ? 0xc1 : 0x81);
    if (length < 126) {
        *at++ = (char) (0x80 | length);
    } else if (length < 65536) {
        *at++ = (char) 0xfe;
        *at++ = (char) (length >> 8);
        *at++ = (char) length;
    } else {
        *at++ = (char) 0xff;
        for (int shift = 56; shift >= 0; shift -= 8) *at++ = (char) ((uint64_t) length >> shift);
    }
    memcpy(at, key, 4);
    at += 4;
    for (long i = 0; i < length; i++) at[i] = (char) (payload[i] ^ key[i % 4]);
    frame_length = at + length - frame;
    free(payload);
}

static void open_session(Session *session, const char *where) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0) fail("socket");
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, source, &from.sin_addr) != 1) fail(source);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (bind(fd, (struct sockaddr *) &from, sizeof from)) fail("bind");
    if (connect(fd, (struct sockaddr *) &to, sizeof to)) fail("connect");
    char head[4096];
    int length = snprintf(head, sizeof head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
        where, port, deflated ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" : "");
    if (send(fd, head, length, MSG_NOSIGNAL) != length) fail("send");
    int taken = 0;
    while (taken < 4 || memcmp(head + taken - 4, "\r\n\r\n", 4)) {
        if (taken == (int) sizeof head - 1 || recv(fd, head + taken, 1, 0) != 1) give_up("no answer to a handshake");
        taken++;
    }
    head[taken] = 0;
    if (strncmp(head, "HTTP/1.1 101", 12)) give_up(strtok(head, "\r"));
    if (!!deflated != !!strcasestr(head, "\r\nSec-WebSocket-Extensions: permessage-deflate")) give_up("another extension than offered");
    session->fd = fd;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = session};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

static void send_rest(Session *session) {
    while (session->rest_length > 0) {
        ssize_t sent = send(session->fd, session->rest, session->rest_length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return; /* no room, or the reading side finds out what is wrong */
        session->rest_length -= sent;
        memmove(session->rest, session->rest + sent, session->rest_length);
    }
}

static void ask(Session *session, int64_t due) {
    if (is_over) return;
    if (session->behind_due - session->first_due == MAX_DUE) give_up("the server does not keep up with the rate");
    session->due[session->behind_due++ % MAX_DUE] = due;
    ssize_t sent = 0;
    if (!session->rest_length) sent = send(session->fd, frame, frame_length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) sent = 0;
    if (sent == frame_length) return;
    session->rest = realloc(session->rest, session->rest_length + frame_length - sent);
    memcpy(session->rest + session->rest_length, frame + sent, frame_length - sent);
    session->rest_length += frame_length - sent;
}

static void took_message(Session *session) {
    int64_t now = now_nanos();
    Session *sender = to_all ? all : session;
    if (sender->first_due == sender->behind_due) give_up("a message that nobody asked for");
    int64_t since = sender->due[sender->first_due % MAX_DUE];
    bool is_answer = !to_all || --waiting_for == 0;
    if (is_answer) sender->first_due++;
    if (session->is_counted && now >= window_begin && now < window_end) {
        answered++;
        if (times_count == times_room) times = realloc(times, (times_room = times_room ? 2 * times_room : 1 << 16) * sizeof *times);
        int64_t micros10 = (now - since) / 100;
        times[times_count++] = micros10 > INT32_MAX ? INT32_MAX : (int32_t) micros10;
    }
    if (!is_answer) return;
    if (to_all) waiting_for = sessions;
    if (rate == 0 || !session->is_counted) ask(sender, now);
}

/* Takes the head of a frame byte by byte; true when it is whole. */
static bool took_head(Session *session, unsigned char b) {
    session->head[session->head_length++] = b;
    if (session->head_length < 2) return false;
    if (session->head[1] & 0x80) give_up("a masked frame of the server");
    int form = session->head[1], more = form == 126 ? 2 : form == 127 ? 8 : 0;
    if (session->head_length < 2 + more) return false;
    session->left = more ? 0 : form;
    for (int i = 0; i < more; i++) session->left = session->left << 8 | session->head[2 + i];
    if ((session->head[0] & 0x0f) > 2) give_up("a control frame of the server");
    session->is_last = session->head[0] & 0x80;
    session->head_length = 0;
    return true;
}

static void take(Session *session, const unsigned char *text, long length) {
    bool counts = !is_over && session->is_counted && now_nanos() >= window_begin;
    for (long at = 0; at < length;) {
        if (!session->in_payload) {
            session->in_payload = took_head(session, text[at++]);
            if (!session->in_payload || session->left) continue;
        }
        long count = length - at < (long) session->left ? length - at : (long) session->left;
        if (counts) bytes += count;
        at += count;
        session->left -= count;
        if (session->left) continue;
        session->in_payload = false;
        if (session->is_last) took_message(session);
    }
}

static void on_readable(Session *session) {
    static unsigned char fresh[1 << 18];
    for (;;) {
        ssize_t received = recv(session->fd, fresh, sizeof fresh, MSG_DONTWAIT);
        if (received < 0 && errno == EAGAIN) return;
        if (received <= 0) {
            if (is_over) return;
            broken++;
            give_up("the server ended a session");
        }
        take(session, fresh, received);
        if (received < (ssize_t) sizeof fresh) return; /* what comes later is another edge */
    }
}

static int64_t next_due;
static long sent_at_rate;

/* Sends what is due, and says when the next will be. */
static int64_t send_due(int64_t now, int64_t end) {
    if (rate == 0) return end;
    while (next_due <= now) {
        ask(&all[sent_at_rate++ % sessions], next_due);
        next_due += (int64_t) (SECOND / rate);
    }
    return next_due < end ? next_due : end;
}

static void wait_until(int64_t end) {
    static struct epoll_event ready[1024];
    for (;;) {
        int64_t now = now_nanos();
        if (now >= end) return;
        int64_t deadline = send_due(now, end);
        now = now_nanos();
        struct timespec timeout = {0};
        if (deadline > now) timeout = (struct timespec) {.tv_sec = (deadline - now) / SECOND, .tv_nsec = (deadline - now) % SECOND};
        int count = epoll_pwait2(poller, ready, 1024, &timeout, NULL);
        if (count < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int i = 0; i < count; i++) {
            Session *session = ready[i].data.ptr;
            if (ready[i].events & EPOLLOUT) send_rest(session);
            if (ready[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) on_readable(session);
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
    all = calloc(sessions + beside, sizeof *all);
    for (int i = 0; i < sessions + beside; i++) {
        all[i].is_counted = i < sessions;
        open_session(&all[i], i < sessions ? path : beside_path);
    }
    int64_t begin = next_due = now_nanos();
    window_begin = begin + (int64_t) (warm * SECOND);
    window_end = window_begin + (int64_t) (seconds * SECOND);
    waiting_for = sessions;
    for (int i = 0; i < sessions + beside; i++) {
        if (i < sessions ? rate == 0 && (!to_all || i == 0) : true) ask(&all[i], now_nanos());
    }
    wait_until(window_begin);
    int64_t cpu = server_cpu_micros(), own = own_cpu_micros(), opened = now_nanos();
    wait_until(window_end);
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
    printf("broken=%llu\nbytes=%llu\n", (unsigned long long) broken, (unsigned long long) bytes);
    return 0;
}
