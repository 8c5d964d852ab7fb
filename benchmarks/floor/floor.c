/* The floor of the comparison: one thread, one epoll, edge-triggered, a canned answer. What is above it is the price of software.
   Argument: PORT. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY "Hello, World!"

static char answer[512];
static int answer_length;
static time_t answer_second;

static void refresh_date(void) {
    time_t now = time(NULL);
    if (now == answer_second) return;
    char date[64];
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    answer_length = snprintf(answer, sizeof answer,
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Length: %d\r\nDate: %s\r\n\r\n%s",
        (int) strlen(BODY), date, BODY);
    answer_second = now;
}

static void accept_all(int poller, int listener) {
    int one = 1, peer;
    while ((peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = peer};
        setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(poller, EPOLL_CTL_ADD, peer, &event);
    }
}

/* wrk and load.c send one whole head at a time; each blank line in what arrives is one request. */
static void serve(int peer) {
    static char in[16384], out[16384];
    ssize_t received = recv(peer, in, sizeof in, 0);
    if (received <= 0) {
        if (received == 0 || errno != EAGAIN) close(peer);
        return;
    }
    int length = 0;
    for (ssize_t i = 3; i < received; i++) {
        if (in[i] == '\n' && in[i - 1] == '\r' && in[i - 2] == '\n' && length + answer_length <= (int) sizeof out) {
            memcpy(out + length, answer, answer_length);
            length += answer_length;
        }
    }
    if (length > 0 && send(peer, out, length, MSG_NOSIGNAL) < 0) close(peer);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *) &address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        perror("floor");
        return 1;
    }
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    static struct epoll_event ready[512];
    for (;;) {
        int events = epoll_wait(poller, ready, 512, -1);
        refresh_date();
        for (int i = 0; i < events; i++) {
            if (ready[i].data.fd == listener) accept_all(poller, listener);
            else serve(ready[i].data.fd);
        }
    }
}
