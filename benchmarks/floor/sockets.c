/* The floor under WebSocket: one thread, one epoll, edge-triggered; unmasks each frame in place and sends it back, or to every session that
   asked for /broadcast. What a session has not taken waits in a buffer of its own. Answers /hello, too. Argument: PORT. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BODY "Hello, World!"
#define MAX_PEERS 65536
#define ROOM (1 << 17)

/* By descriptor. */
static struct peer {
    int is_upgraded, member; /* its place among the members, from 1; 0: it is none */
    char *kept, *unsent;     /* the beginning of a frame; what the socket had no room for */
    int kept_length, unsent_length;
} peers[MAX_PEERS];

static int members[MAX_PEERS], member_count;
static char in[ROOM];

static void drop(int peer) {
    struct peer *state = &peers[peer];
    if (state->member) {
        int last = members[--member_count];
        members[state->member - 1] = last;
        peers[last].member = state->member;
    }
    free(state->kept);
    free(state->unsent);
    *state = (struct peer) {0};
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

static void put(int peer, const char *bytes, int length) {
    struct peer *state = &peers[peer];
    ssize_t sent = state->unsent_length ? 0 : send(peer, bytes, length, MSG_NOSIGNAL);
    if (sent < 0) sent = 0; /* no room, or the next recv says what is wrong */
    if (sent == length) return;
    state->unsent = realloc(state->unsent, state->unsent_length + length - sent);
    memcpy(state->unsent + state->unsent_length, bytes + sent, length - sent);
    state->unsent_length += length - sent;
}

static void put_rest(int peer) {
    struct peer *state = &peers[peer];
    if (!state->unsent_length) return;
    ssize_t sent = send(peer, state->unsent, state->unsent_length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    state->unsent_length -= sent;
    memmove(state->unsent, state->unsent + sent, state->unsent_length);
}

/* --- the handshake: SHA-1 and base64 of one short key */

static uint32_t turned(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void sha1_block(uint32_t *h, const unsigned char *block) {
    uint32_t w[80];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t) block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 80; i++) w[i] = turned(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        uint32_t k = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
        uint32_t next = turned(a, 5) + f + e + k + w[i];
        e = d, d = c, c = turned(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

static void accept_key(const char *key, char *answer) {
    unsigned char text[128] = {0}, digest[21] = {0};
    int length = snprintf((char *) text, 64, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    text[length] = 0x80;
    text[126] = (unsigned char) (length * 8 >> 8);
    text[127] = (unsigned char) (length * 8);
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    sha1_block(h, text);
    sha1_block(h, text + 64);
    for (int i = 0; i < 20; i++) digest[i] = (unsigned char) (h[i / 4] >> (24 - i % 4 * 8));
    static const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 7; i++) {
        uint32_t three = digest[3 * i] << 16 | digest[3 * i + 1] << 8 | digest[3 * i + 2];
        for (int k = 0; k < 4; k++) answer[4 * i + k] = letters[three >> (18 - 6 * k) & 63];
    }
    answer[27] = '=';
    answer[28] = 0;
}

static void serve_http(int peer, int length) {
    char out[512];
    in[length] = 0;
    char *key = strcasestr(in, "\r\nSec-WebSocket-Key: ");
    if (key) {
        char accepted[32];
        accept_key(key + 21, accepted);
        peers[peer].is_upgraded = 1;
        if (strstr(in, " /broadcast ")) {
            members[member_count++] = peer;
            peers[peer].member = member_count;
        }
        length = snprintf(out, sizeof out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accepted);
    } else {
        char date[64];
        struct tm parts;
        time_t now = time(NULL);
        gmtime_r(&now, &parts);
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts);
        length = snprintf(out, sizeof out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Length: %d\r\nDate: %s\r\n\r\n%s", (int) strlen(BODY), date, BODY);
    }
    put(peer, out, length);
}

/* --- frames */

static void unmask(char *payload, uint64_t length, const char *key) {
    uint32_t four;
    memcpy(&four, key, 4);
    uint64_t eight = (uint64_t) four << 32 | four, word, i = 0;
    for (; i + 8 <= length; i += 8) {
        memcpy(&word, payload + i, 8);
        word ^= eight;
        memcpy(payload + i, &word, 8);
    }
    for (; i < length; i++) payload[i] ^= key[i % 4];
}

static void answer(int peer, const char *frame, int length) {
    if (!peers[peer].member) {
        put(peer, frame, length);
        return;
    }
    for (int i = 0; i < member_count; i++) put(members[i], frame, length);
}

/* Answers every whole frame; returns how many bytes they took, or -1. The answer lies where the frame was, behind its mask. */
static int serve_frames(int peer, char *bytes, int length) {
    int at = 0;
    for (;;) {
        int left = length - at;
        unsigned char *head = (unsigned char *) bytes + at;
        if (left < 2) return at;
        int form = head[1] & 0x7f, size = form == 126 ? 4 : form == 127 ? 10 : 2;
        if (!(head[1] & 0x80) || (head[0] & 0x0f) > 2) return -1; /* Close, too, ends it */
        if (left < size + 4) return at;
        uint64_t payload = form < 126 ? form : 0;
        for (int i = 2; i < size; i++) payload = payload << 8 | head[i];
        if (payload > ROOM - 14) return -1;
        if ((uint64_t) left < size + 4 + payload) return at;
        unmask(bytes + at + size + 4, payload, bytes + at + size);
        head[1] &= 0x7f;
        memmove(head + 4, head, size);
        answer(peer, bytes + at + 4, size + (int) payload);
        at += size + 4 + (int) payload;
    }
}

static void serve(int peer) {
    struct peer *state = &peers[peer];
    for (;;) {
        if (state->kept_length) memcpy(in, state->kept, state->kept_length);
        int length = state->kept_length;
        ssize_t received = recv(peer, in + length, sizeof in - 1 - length, 0);
        if (received < 0 && errno == EAGAIN) return;
        if (received <= 0) {
            drop(peer);
            return;
        }
        int was_short = received < (ssize_t) sizeof in - 1 - length;
        length += received;
        if (!state->is_upgraded) {
            serve_http(peer, length);
            return;
        }
        int taken = serve_frames(peer, in, length);
        if (taken < 0) {
            drop(peer);
            return;
        }
        if (taken < length) {
            state->kept = realloc(state->kept, ROOM);
            memcpy(state->kept, in + taken, length - taken);
        } else if (state->kept) {
            free(state->kept);
            state->kept = NULL;
        }
        state->kept_length = length - taken;
        if (was_short) return;
    }
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *) &address, sizeof address) != 0 || listen(listener, 4096) != 0) {
        perror("sockets");
        return 1;
    }
    int poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    static struct epoll_event ready[512];
    for (;;) {
        int events = epoll_wait(poller, ready, 512, -1);
        for (int i = 0; i < events; i++) {
            int peer = ready[i].data.fd;
            if (peer == listener) {
                accept_all(poller, listener);
                continue;
            }
            if (ready[i].events & EPOLLOUT) put_rest(peer);
            if (ready[i].events & ~EPOLLOUT) serve(peer);
        }
    }
}
