@NullMarked
package dev.enclave.emulators;

import org.jspecify.annotations.NullMarked;
