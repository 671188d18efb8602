/** The detectors of all modules together, as the command has them. */
@NullMarked
package dev.enclave.cli.places;

import org.jspecify.annotations.NullMarked;
