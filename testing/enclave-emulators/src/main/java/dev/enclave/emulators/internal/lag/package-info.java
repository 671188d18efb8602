/** What is seen late. */
@NullMarked
package dev.enclave.emulators.internal.lag;

import org.jspecify.annotations.NullMarked;
