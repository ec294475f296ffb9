/**
 * Our daemon and the C daemon measured side by side: in turn, by the same client, on the same
 * storage. A {@link io.sanlockd.bench.Row} is one thing that is measured; {@link
 * io.sanlockd.bench.Rounds} measures it for both in turn; {@link io.sanlockd.bench.Report} and
 * {@link io.sanlockd.bench.Plot} show what came out. Nothing here is judged by a test.
 */
package io.sanlockd.bench;
