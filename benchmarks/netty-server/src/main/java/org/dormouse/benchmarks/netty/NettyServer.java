package org.dormouse.benchmarks.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Arguments: PORT [sockets]. No servlets: what a well-written native epoll loop on the JVM costs. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty hands failures of writes to exceptionCaught
public final class NettyServer {
    private static final byte[] HELLO = "Hello, World!".getBytes(StandardCharsets.US_ASCII);

    private static volatile String date = "";

    private NettyServer() {}

    public static void main(String[] arguments) throws Exception {
        boolean hasSockets = List.of(arguments).contains("sockets");
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
        updateDate();
        loops.next().scheduleAtFixedRate(NettyServer::updateDate, 1, 1, TimeUnit.SECONDS);
        new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpServerCodec());
                        if (hasSockets) channel.pipeline().addLast(new WebSocketServerCompressionHandler(0));
                        channel.pipeline().addLast(new HelloHandler());
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(arguments[0]))
                .sync();
    }

    private static void updateDate() {
        date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    }

    private static final class HelloHandler extends SimpleChannelInboundHandler<HttpObject> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof LastHttpContent) {
                DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(HELLO));
                response.headers()
                        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain;charset=utf-8")
                        .set(HttpHeaderNames.CONTENT_LENGTH, HELLO.length)
                        .set(HttpHeaderNames.DATE, date);
                context.write(response);
            } else if (message instanceof HttpRequest request) {
                if (request.decoderResult().isFailure()) {
                    context.close();
                } else if (request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
                    upgrade(context, request);
                }
            }
        }

        private static void upgrade(ChannelHandlerContext context, HttpRequest request) {
            context.pipeline().replace(context.handler(), "sockets", new SocketHandler(request.uri()));
            new WebSocketServerHandshakerFactory(null, null, true, 64 * 1024)
                    .newHandshaker(request)
                    .handshake(context.channel(), request);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
