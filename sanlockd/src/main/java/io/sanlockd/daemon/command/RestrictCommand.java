package io.sanlockd.daemon.command;

/** RESTRICT: what this connection may still do, and how its process may be killed (8.10). */
final class RestrictCommand implements CommandHandler.Open {
  @Override
  public void run(Request request) {
    request.client().restrictions(request.header().flags());
    request.reply(0);
  }
}
