@NullMarked
package dev.enclave.kit.claim;

import org.jspecify.annotations.NullMarked;
