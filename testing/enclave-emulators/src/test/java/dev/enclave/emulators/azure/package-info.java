@NullMarked
package dev.enclave.emulators.azure;

import org.jspecify.annotations.NullMarked;
