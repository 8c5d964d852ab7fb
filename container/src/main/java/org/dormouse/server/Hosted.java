package org.dormouse.server;

import org.dormouse.servlet.DormouseContext;

/**
 * One application with where its requests run.
 *
 * @param context not started yet; the server starts and stops it
 */
public record Hosted(DormouseContext context, RequestThreads threads) {}
