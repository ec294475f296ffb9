package io.sanlockd.daemon.client;

/**
 * The program that stops a process gracefully when its lockspace fails, instead of SIGTERM
 * (KILLPATH, protocol.md 8.17).
 *
 * @param path program
 * @param arguments argument string, split by the helper
 * @param appendPid whether the pid becomes its last argument
 */
public record KillProgram(String path, String arguments, boolean appendPid) {}
