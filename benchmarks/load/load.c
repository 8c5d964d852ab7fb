/* The load of the comparison where wrk cannot say what is wanted: one thread, one epoll, keep-alive HTTP/1.1.
 *
 *   load PORT [name=value ...]
 *     pid=N            the server: its processor time over the window is read from /proc
 *     source=A.B.C.D   address of this side (127.0.0.1): another one for each run, so that ports in TIME_WAIT do not run out
 *     path=/hello      what the measured connections ask for
 *     first=/hello     what each connection asks for once, when it is opened
 *     connections=100  measured connections
 *     rate=0           requests a second over all measured connections, evenly spread; 0: each asks again once it was answered
 *     late=queue       what becomes of a request that is due while its connection waits for an answer: it is sent as soon as
 *                      possible and its time counts from when it was due (queue), or it is left out and counted (skip)
 *     idle=0           further connections, each of which has one exchange and is silent from then on
 *     culprits=0       further connections that ask for culprit= as soon as they were answered; "%d" in it becomes 0, 1, 2, ...
 *     culprit=/stall?slot=%d
 *     apart=           a path that answers with the name of the loop: the culprits are chosen such that all answers differ
 *     warm=1 seconds=3 not counted, and counted
 *
 * Prints name=value lines. Times in microseconds. With a rate, what was due in the window counts, whenever it was answered (at
 * most 2 s later); without, what was answered in the window. */
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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define DRAIN (2 * SECOND)
#define TRIES_FOR_APART 200

/* --- options */

static int port, pid, connections = 100, idle, culprits;
static double rate, warm = 1, seconds = 3;
static bool skips_late;
static const char *source = "127.0.0.1", *path = "/hello", *first_path = "/hello", *culprit_path = "/stall?slot=%d", *apart = "";

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void usage(const char *argument) {
    fprintf(stderr, "load: %s is not understood; see the head of load.c\n", argument);
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
        else if (!strcmp(name, "first")) first_path = value;
        else if (!strcmp(name, "connections")) connections = atoi(value);
        else if (!strcmp(name, "rate")) rate = atof(value);
        else if (!strcmp(name, "late") && !strcmp(value, "skip")) skips_late = true;
        else if (!strcmp(name, "late") && !strcmp(value, "queue")) skips_late = false;
        else if (!strcmp(name, "idle")) idle = atoi(value);
        else if (!strcmp(name, "culprits")) culprits = atoi(value);
        else if (!strcmp(name, "culprit")) culprit_path = value;
        else if (!strcmp(name, "apart")) apart = value;
        else if (!strcmp(name, "warm")) warm = atof(value);
        else if (!strcmp(name, "seconds")) seconds = atof(value);
        else usage(name);
    }
    if (connections < 1 || idle < 0 || culprits < 0 || seconds <= 0) usage("a number");
}

/* --- times */

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

/* --- how long answers took: buckets that are at most 1/128 wide */

typedef struct {
    uint64_t buckets[64 * 128];
    uint64_t count;
    int64_t longest;
} Times;

static int bucket_of(uint64_t nanos) {
    int exponent = nanos < 256 ? 0 : 56 - __builtin_clzll(nanos);
    return (exponent << 7) + (int) (nanos >> exponent);
}

static void add(Times *times, int64_t nanos) {
    if (nanos < 0) nanos = 0;
    times->buckets[bucket_of((uint64_t) nanos)]++;
    times->count++;
    if (nanos > times->longest) times->longest = nanos;
}

/* The end of the bucket in which the share is reached. */
static double micros_at(const Times *times, double share) {
    uint64_t wanted = (uint64_t) (share * (double) times->count), seen = 0;
    for (int i = 0; i < 64 * 128 - 1; i++) {
        seen += times->buckets[i];
        if (seen > wanted) {
            int exponent = i < 256 ? 0 : (i >> 7) - 1;
            int64_t end = (int64_t) (i - (exponent << 7) + 1) << exponent;
            return (end < times->longest ? end : times->longest) / 1000.0;
        }
    }
    return times->longest / 1000.0;
}

static void print_times(const char *name, const Times *times) {
    printf("%s=%llu\n", name, (unsigned long long) times->count);
    if (!times->count) return;
    printf("%s_p50=%.1f\n%s_p99=%.1f\n%s_p999=%.1f\n%s_max=%.1f\n", name, micros_at(times, 0.5), name, micros_at(times, 0.99),
        name, micros_at(times, 0.999), name, times->longest / 1000.0);
}

/* --- one connection */

typedef struct {
    char text[512];
    int length;
} Request;

typedef struct {
    int fd;
    bool is_culprit, is_connecting, is_waiting;
    const Request *request;
    int64_t since;      /* from when the time of the request under way counts */
    int64_t next;       /* with a rate: number of the next request of this connection; request n is due at begin + n * interval */
    int received;       /* of the answer that is not complete yet, in held */
    char *held;
} Connection;

#define HELD 16384

static int poller;
static int64_t begin, window_begin, window_end, interval;
static int64_t issued; /* with a rate: requests that were due so far */
static bool is_over;
static int waiting;    /* measured connections that wait for an answer */

static Times answered, shed, done_by_culprits;
static uint64_t other_status, broken, unsent, unanswered;

static struct sockaddr_in address_of(const char *host, int at_port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(at_port)};
    if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail(host);
    return address;
}

static int new_socket(int flags) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), one = 1;
    if (fd < 0) fail("socket");
    struct sockaddr_in from = address_of(source, 0);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(fd, (struct sockaddr *) &from, sizeof from)) fail("bind");
    return fd;
}

static void watch(Connection *connection) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = connection};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event)) fail("epoll_ctl");
}

static bool counts(int64_t since, int64_t now) {
    int64_t at = rate > 0 ? since : now;
    return at >= window_begin && at < window_end;
}

static void reconnect(Connection *connection);

static void send_request(Connection *connection, int64_t since) {
    connection->since = since;
    if (!connection->is_waiting && !connection->is_culprit) waiting++;
    connection->is_waiting = true;
    if (connection->is_connecting) return; /* it is sent once it is connected */
    ssize_t sent = send(connection->fd, connection->request->text, connection->request->length, MSG_NOSIGNAL);
    if (sent == connection->request->length) return;
    if (sent >= 0 || errno == EAGAIN) {
        fprintf(stderr, "load: a request of %d bytes does not fit into the socket\n", connection->request->length);
        exit(1);
    }
    reconnect(connection);
}

/* The server closed: a request under way is lost and counted, and a new connection takes the place of the old one. */
static void reconnect(Connection *connection) {
    int64_t now = now_nanos();
    if (connection->is_waiting && counts(connection->since, now)) broken++;
    close(connection->fd);
    connection->received = 0;
    connection->fd = new_socket(SOCK_NONBLOCK);
    struct sockaddr_in to = address_of("127.0.0.1", port);
    connection->is_connecting = connect(connection->fd, (struct sockaddr *) &to, sizeof to) != 0;
    if (connection->is_connecting && errno != EINPROGRESS) fail("connect");
    watch(connection);
    if (connection->is_waiting && !connection->is_connecting) send_request(connection, connection->since);
}

/* What comes after an answer, or first of all. What was due in the window is sent even when it is over. */
static void go_on(Connection *connection, int64_t now) {
    if (connection->is_culprit || rate <= 0) {
        if (!is_over) send_request(connection, now);
    } else if (connection->next < issued) {
        int64_t due = begin + connection->next * interval;
        connection->next += connections;
        send_request(connection, due);
    }
}

/* Length of the complete answer at the start of text, its status in *status; 0 if more is needed. */
static int answer_length(const char *text, int received, int *status) {
    const char *end = memmem(text, received, "\r\n\r\n", 4);
    if (!end) return 0;
    int head = (int) (end - text) + 4;
    *status = received > 12 ? atoi(text + 9) : 0;
    for (const char *line = memmem(text, head, "\r\n", 2); line && line < end; line = memmem(line + 2, head - (line + 2 - text), "\r\n", 2)) {
        if (!strncasecmp(line + 2, "content-length:", 15)) {
            int whole = head + atoi(line + 17);
            return whole <= received ? whole : 0;
        }
        if (!strncasecmp(line + 2, "transfer-encoding:", 18)) {
            const char *last = memmem(end + 2, received - head + 2, "\r\n0\r\n\r\n", 7);
            return last ? (int) (last - text) + 7 : 0;
        }
    }
    return head;
}

static void take_answer(Connection *connection, int status) {
    int64_t now = now_nanos();
    if (!connection->is_waiting) {
        fprintf(stderr, "load: an answer that nobody asked for\n");
        exit(1);
    }
    connection->is_waiting = false;
    if (!connection->is_culprit) waiting--;
    if (connection->is_culprit) {
        if (now >= window_begin && now < window_end) add(&done_by_culprits, now - connection->since);
    } else if (counts(connection->since, now)) {
        if (status >= 200 && status < 300) add(&answered, now - connection->since);
        else if (status == 503) add(&shed, now - connection->since);
        else other_status++;
    }
    go_on(connection, now);
}

static void on_readable(Connection *connection) {
    static char fresh[65536];
    for (;;) {
        char *into = connection->held ? connection->held + connection->received : fresh;
        int room = connection->held ? HELD - connection->received : (int) sizeof fresh;
        ssize_t received = recv(connection->fd, into, room, 0);
        if (received < 0 && errno == EAGAIN) return;
        if (received <= 0) {
            if (!is_over) reconnect(connection);
            return;
        }
        const char *text = connection->held ? connection->held : fresh;
        int length = connection->received + (int) received, status = 0;
        int whole = answer_length(text, length, &status);
        if (whole == 0) {
            if (length >= HELD) {
                fprintf(stderr, "load: an answer of more than %d bytes\n", HELD);
                exit(1);
            }
            if (!connection->held) {
                connection->held = malloc(HELD);
                memcpy(connection->held, fresh, length);
            }
            connection->received = length;
            continue;
        }
        if (whole != length) {
            fprintf(stderr, "load: %d bytes after the answer\n", length - whole);
            exit(1);
        }
        free(connection->held);
        connection->held = NULL;
        connection->received = 0;
        take_answer(connection, status);
        if (received < room) return; /* the next edge tells of more */
    }
}

/* --- opening: one after the other, each with one exchange, so that no server's backlog overflows */

static void exchange(int fd, const Request *request, char *answer) {
    int received = 0, status = 0;
    if (send(fd, request->text, request->length, MSG_NOSIGNAL) != request->length) fail("first request");
    while (!answer_length(answer, received, &status)) {
        ssize_t count = recv(fd, answer + received, HELD - 1 - received, 0);
        if (count <= 0) fail("first answer");
        received += (int) count;
    }
    answer[received] = 0;
}

static int open_connected(const Request *first, char *answer) {
    int fd = new_socket(0);
    struct timeval patience = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    struct sockaddr_in to = address_of("127.0.0.1", port);
    if (connect(fd, (struct sockaddr *) &to, sizeof to)) fail("connect");
    if (first) exchange(fd, first, answer);
    return fd;
}

static void prepare(Request *request, const char *asked) {
    request->length = snprintf(request->text, sizeof request->text, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", asked);
    if (request->length >= (int) sizeof request->text) usage(asked);
}

static void start(Connection *connection, int fd, const Request *request) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    connection->fd = fd;
    connection->request = request;
    watch(connection);
}

/* Connections whose answers to apart= all differ; the best that a bounded number of tries finds. */
static int open_apart(Connection *all, Request *requests) {
    static char names[64][HELD], answer[HELD];
    Request where;
    int found = 0, fds[64];
    prepare(&where, apart);
    for (int i = 0; i < TRIES_FOR_APART && found < culprits && found < 64; i++) {
        int fd = open_connected(&where, answer);
        const char *body = strstr(answer, "\r\n\r\n");
        bool is_new = true;
        for (int k = 0; k < found; k++) is_new &= strcmp(names[k], body) != 0;
        if (!is_new) {
            close(fd);
            continue;
        }
        strcpy(names[found], body);
        fds[found++] = fd;
    }
    for (int k = 0; k < found; k++) {
        all[k].is_culprit = true;
        start(&all[k], fds[k], &requests[k]);
    }
    return found;
}

/* --- the run */

static Connection *measured;

static void issue_due(int64_t now) {
    while (begin + issued * interval <= now) {
        Connection *connection = &measured[issued % connections];
        int64_t due = begin + issued * interval;
        issued++;
        if (skips_late && connection->is_waiting) {
            connection->next += connections;
            if (due >= window_begin && due < window_end) unsent++;
        } else if (!connection->is_waiting) {
            go_on(connection, due);
        }
    }
}

static void wait_until(int64_t deadline, bool stop_when_answered) {
    static struct epoll_event ready[1024];
    for (;;) {
        int64_t now = now_nanos();
        if (now >= deadline || (stop_when_answered && waiting == 0)) return;
        int64_t next = deadline;
        if (rate > 0 && !is_over && begin + issued * interval < next) next = begin + issued * interval;
        struct timespec timeout = {.tv_sec = next > now ? (next - now) / SECOND : 0, .tv_nsec = next > now ? (next - now) % SECOND : 0};
        int count = epoll_pwait2(poller, ready, 1024, &timeout, NULL);
        if (count < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int i = 0; i < count; i++) {
            Connection *connection = ready[i].data.ptr;
            uint32_t events = ready[i].events;
            if (connection->is_connecting && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
                int error = 0;
                socklen_t size = sizeof error;
                getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
                if (error) {
                    reconnect(connection);
                    continue;
                }
                connection->is_connecting = false;
                if (connection->is_waiting) send_request(connection, connection->since);
            }
            if (events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) on_readable(connection);
        }
        if (rate > 0 && !is_over) issue_due(now_nanos());
    }
}

int main(int count, char **arguments) {
    read_options(count, arguments);
    prctl(PR_SET_TIMERSLACK, 1);
    poller = epoll_create1(EPOLL_CLOEXEC);
    static char answer[HELD];
    Request asked, first;
    prepare(&asked, path);
    prepare(&first, first_path);

    for (int i = 0; i < idle; i++) open_connected(&first, answer);
    measured = calloc(connections, sizeof *measured);
    for (int i = 0; i < connections; i++) {
        start(&measured[i], open_connected(&first, answer), &asked);
        measured[i].next = i;
    }
    Connection *stalling = calloc(culprits + 1, sizeof *stalling);
    Request *stalls = calloc(culprits + 1, sizeof *stalls);
    for (int i = 0; i < culprits; i++) {
        char numbered[256];
        snprintf(numbered, sizeof numbered, culprit_path, i);
        prepare(&stalls[i], numbered);
    }
    int apart_found = *apart ? open_apart(stalling, stalls) : 0;
    for (int i = apart_found; i < culprits; i++) {
        stalling[i].is_culprit = true;
        start(&stalling[i], open_connected(NULL, answer), &stalls[i]);
    }

    begin = now_nanos();
    interval = rate > 0 ? (int64_t) (SECOND / rate) : 0;
    window_begin = begin + (int64_t) (warm * SECOND);
    window_end = window_begin + (int64_t) (seconds * SECOND);
    for (int i = 0; i < culprits; i++) go_on(&stalling[i], begin);
    if (rate <= 0) for (int i = 0; i < connections; i++) go_on(&measured[i], now_nanos());
    wait_until(window_begin, false);
    int64_t cpu = server_cpu_micros(), own = own_cpu_micros(), opened = now_nanos();
    wait_until(window_end, false);
    cpu = server_cpu_micros() - cpu;
    own = own_cpu_micros() - own;
    int64_t closed = now_nanos();
    is_over = true;
    wait_until(closed + DRAIN, true); /* without a rate too: a close with an answer unread would be a reset */
    if (rate > 0) {
        for (int i = 0; i < connections; i++) {
            /* What was due and never answered has taken at least until now. */
            if (measured[i].is_waiting && counts(measured[i].since, 0)) {
                unanswered++;
                add(&answered, now_nanos() - measured[i].since);
            }
            for (int64_t n = measured[i].next; n < issued; n += connections) {
                int64_t due = begin + n * interval;
                if (due < window_begin || due >= window_end) continue;
                unanswered++;
                add(&answered, now_nanos() - due);
            }
        }
    }
    printf("seconds=%.6f\ncpu=%lld\nown_cpu=%lld\n", (closed - opened) / 1e9, (long long) cpu, (long long) own);
    print_times("answered", &answered);
    print_times("shed", &shed);
    print_times("culprits", &done_by_culprits);
    printf("other_status=%llu\nbroken=%llu\nunsent=%llu\nunanswered=%llu\napart=%d\n", (unsigned long long) other_status,
        (unsigned long long) broken, (unsigned long long) unsent, (unsigned long long) unanswered, apart_found);
    return 0;
}
