/**
 * Replays the recorded invocations of the C programs (cases.json). {@link
 * io.sanlockd.cli.golden.ScenarioRunner} performs the set-up and compares; {@link
 * io.sanlockd.cli.golden.Programs} decides what runs in place of each program, so the same cases
 * serve the command line against the C daemon and against ours.
 */
package io.sanlockd.cli.golden;
