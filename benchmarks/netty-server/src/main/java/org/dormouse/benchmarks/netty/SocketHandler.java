package org.dormouse.benchmarks.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/** The endpoints of the workload: echo, broadcast, and an echo after 100 ms, for which no thread waits here. The text is read as a string, as a container does. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty hands failures of writes to exceptionCaught
final class SocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final ChannelGroup ALL = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    private final String path;

    SocketHandler(String path) {
        this.path = path;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (path.equals("/broadcast")) ALL.add(context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (!(frame instanceof TextWebSocketFrame message)) {
            context.close();
            return;
        }
        String text = message.text();
        switch (path) {
            case "/broadcast" -> ALL.writeAndFlush(new TextWebSocketFrame(text));
            case "/wait" ->
                context.executor()
                        .schedule(
                                () -> context.writeAndFlush(new TextWebSocketFrame(text)), 100, TimeUnit.MILLISECONDS);
            default -> context.write(new TextWebSocketFrame(text));
        }
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
