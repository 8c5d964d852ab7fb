package org.dormouse.compression;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.dormouse.http.BadRequest;
import org.dormouse.http.CertificateRequest;
import org.dormouse.http.Exchange;
import org.dormouse.http.ExchangeObserver;
import org.dormouse.http.Fields;
import org.dormouse.http.Peer;
import org.dormouse.http.RequestHead;
import org.dormouse.http.Upgrade;
import org.jspecify.annotations.Nullable;

/** An exchange that is the one beneath it, but for what a subclass does otherwise. */
abstract class ForwardedExchange implements Exchange {
    final Exchange beneath;

    ForwardedExchange(Exchange beneath) {
        this.beneath = beneath;
    }

    @Override
    public RequestHead request() {
        return beneath.request();
    }

    @Override
    public Peer peer() {
        return beneath.peer();
    }

    @Override
    public long id() {
        return beneath.id();
    }

    @Override
    public @Nullable ExchangeObserver observer() {
        return beneath.observer();
    }

    @Override
    public void observer(ExchangeObserver follower) {
        beneath.observer(follower);
    }

    @Override
    public Executor carrier() {
        return beneath.carrier();
    }

    @Override
    public void servedBy(@Nullable Thread thread) {
        beneath.servedBy(thread);
    }

    @Override
    public boolean mayAskForCertificate() {
        return beneath.mayAskForCertificate();
    }

    @Override
    public @Nullable CertificateRequest askForCertificate() {
        return beneath.askForCertificate();
    }

    @Override
    public Executor loop() {
        return beneath.loop();
    }

    @Override
    public void beforeWaiting() {
        beneath.beforeWaiting();
    }

    @Override
    public boolean isOverdue() {
        return beneath.isOverdue();
    }

    @Override
    public void giveTurn() {
        beneath.giveTurn();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return beneath.read(target, offset, length);
    }

    @Override
    public boolean isBodyRead() {
        return beneath.isBodyRead();
    }

    @Override
    public void whenReadable(Runnable wake) {
        beneath.whenReadable(wake);
    }

    @Override
    public Fields trailers() {
        return beneath.trailers();
    }

    @Override
    public void refused(BadRequest reason) {
        beneath.refused(reason);
    }

    @Override
    public boolean interim(int status, Fields fields) {
        return beneath.interim(status, fields);
    }

    @Override
    public void commit(int status, @Nullable String reason, Fields fields, long contentLength) {
        beneath.commit(status, reason, fields, contentLength);
    }

    @Override
    public boolean isCommitted() {
        return beneath.isCommitted();
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        return beneath.write(source, offset, length);
    }

    @Override
    public boolean canTransfer() {
        return beneath.canTransfer();
    }

    @Override
    public int transfer(int file, long position, int length) throws IOException {
        return beneath.transfer(file, position, length);
    }

    @Override
    public boolean flush() throws IOException {
        return beneath.flush();
    }

    @Override
    public void whenWritable(Runnable wake) {
        beneath.whenWritable(wake);
    }

    @Override
    public boolean mayHaveTrailers() {
        return beneath.mayHaveTrailers();
    }

    @Override
    public void endWith(Fields trailers) {
        beneath.endWith(trailers);
    }

    @Override
    public void finish() {
        beneath.finish();
    }

    @Override
    public void abort() {
        beneath.abort();
    }

    @Override
    public boolean mayUpgrade() {
        return beneath.mayUpgrade();
    }

    @Override
    public void upgrade(Fields fields, Upgrade successor) {
        beneath.upgrade(fields, successor);
    }

    @Override
    public void whenGone(@Nullable Runnable gone) {
        beneath.whenGone(gone);
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable task) {
        return beneath.schedule(delayNanos, task);
    }
}
