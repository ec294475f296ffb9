/** What the tests of all modules have in common: to wait for a condition, and to be skipped. */
package io.sanlockd.model.testing;
