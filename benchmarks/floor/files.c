/* The floor under files: one thread, one epoll, edge-triggered; a file is opened for each answer and moved by sendfile(2), at most 256 KiB a
   call, and after a MiB the next connection has its turn. Answers /hello too.
   Arguments: PORT FOLDER. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BODY "Hello, World!"
#define MAX_PEERS 65536
#define CALL_BYTES (256 * 1024)
#define TURN_BYTES (1 << 20)

/* By descriptor. */
static struct peer {
    int file; /* 0: none is being sent */
    int is_queued;
    off_t at, end;
} peers[MAX_PEERS];

static int queue[MAX_PEERS], queue_begin, queue_end;
static int folder;
static char date[64];
static time_t date_second;

static void refresh_date(void) {
    time_t now = time(NULL);
    if (now == date_second) return;
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    date_second = now;
}

static void drop(int peer) {
    if (peers[peer].file) close(peers[peer].file);
    peers[peer].file = 0;
    close(peer);
}

static void accept_all(int poller, int listener) {
    int one = 1, peer;
    while ((peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (peer >= MAX_PEERS) {
            close(peer);
            continue;
        }
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = peer};
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(poller, EPOLL_CTL_ADD, peer, &event);
    }
}

static void send_file(int peer) {
    struct peer *state = &peers[peer];
    for (long sent = 0; state->at < state->end;) {
        if (sent >= TURN_BYTES) {
            if (!state->is_queued) queue[queue_end++ % MAX_PEERS] = peer;
            state->is_queued = 1;
            return;
        }
        off_t left = state->end - state->at;
        ssize_t count = sendfile(peer, state->file, &state->at, left < CALL_BYTES ? left : CALL_BYTES);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            drop(peer);
            return;
        }
        sent += count;
    }
    close(state->file);
    state->file = 0;
}

/* The generators send one whole head at a time, and the next when they have the answer. */
static void serve(int peer) {
    static char in[16384], out[1024];
    ssize_t received = recv(peer, in, sizeof in - 1, 0);
    if (received <= 0) {
        if (received == 0 || errno != EAGAIN) drop(peer);
        return;
    }
    in[received] = 0;
    char *path = strchr(in, '/'), *end = path ? strchr(path, ' ') : NULL;
    if (!end || peers[peer].file) {
        drop(peer);
        return;
    }
    *end = 0;
    const char *head = "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %lld\r\nDate: %s\r\n\r\n%s";
    if (!strcmp(path, "/hello")) {
        int length = snprintf(out, sizeof out, head, "text/plain;charset=utf-8", (long long) strlen(BODY), date, BODY);
        if (send(peer, out, length, MSG_NOSIGNAL) < 0) drop(peer);
        return;
    }
    struct stat facts;
    int file = openat(folder, path + 1, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 || fstat(file, &facts)) {
        if (file >= 0) close(file);
        drop(peer);
        return;
    }
    int length = snprintf(out, sizeof out, head, "application/octet-stream", (long long) facts.st_size, date, "");
    peers[peer].file = file;
    peers[peer].at = 0;
    peers[peer].end = facts.st_size;
    if (send(peer, out, length, MSG_NOSIGNAL | MSG_MORE) != length) drop(peer);
    else send_file(peer);
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    signal(SIGPIPE, SIG_IGN); /* sendfile(2) has no flag for that */
    folder = open(arguments[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (folder < 0 || bind(listener, (struct sockaddr *) &address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        perror("files");
        return 1;
    }
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    static struct epoll_event ready[512];
    for (;;) {
        int events = epoll_wait(poller, ready, 512, queue_begin == queue_end ? -1 : 0), last = queue_end;
        refresh_date();
        for (int i = 0; i < events; i++) {
            int peer = ready[i].data.fd;
            if (peer == listener) {
                accept_all(poller, listener);
                continue;
            }
            if ((ready[i].events & EPOLLOUT) && peers[peer].file && !peers[peer].is_queued) send_file(peer);
            if (ready[i].events & ~EPOLLOUT) serve(peer);
        }
        while (queue_begin != last) {
            int peer = queue[queue_begin++ % MAX_PEERS];
            peers[peer].is_queued = 0;
            if (peers[peer].file) send_file(peer);
        }
    }
}
