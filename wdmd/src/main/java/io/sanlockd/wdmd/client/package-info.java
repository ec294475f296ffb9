/**
 * The client's side of wdmd: one {@link io.sanlockd.wdmd.client.WdmdConnection} for each thing that
 * must stay alive (wdmd.md 3, 4 and 11). Works with wdmd of generation A (3.8.5), of generation B
 * and with ours; every wait has a limit and no call raises SIGPIPE.
 */
package io.sanlockd.wdmd.client;
