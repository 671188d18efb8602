@NullMarked
package dev.enclave.claim;

import org.jspecify.annotations.NullMarked;
