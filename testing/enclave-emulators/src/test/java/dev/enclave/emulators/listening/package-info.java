@NullMarked
package dev.enclave.emulators.listening;

import org.jspecify.annotations.NullMarked;
