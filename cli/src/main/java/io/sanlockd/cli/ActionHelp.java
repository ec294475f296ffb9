package io.sanlockd.cli;

import java.util.List;

/**
 * What there is to say about an action.
 *
 * @param name as typed
 * @param purpose one or more sentences
 * @param letters its options, letters of {@link HelpTable#option}
 * @param examples complete command lines
 */
record ActionHelp(String name, String purpose, String letters, List<String> examples) {}
