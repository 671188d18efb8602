@NullMarked
package dev.enclave.emulators.fault;

import org.jspecify.annotations.NullMarked;
