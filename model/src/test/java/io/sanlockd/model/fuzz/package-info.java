/**
 * Random input for whatever reads what others write: messages, arguments, files, sectors. The same
 * seed gives the same input; a failure names seed, case and input in hexadecimal.
 */
package io.sanlockd.model.fuzz;
