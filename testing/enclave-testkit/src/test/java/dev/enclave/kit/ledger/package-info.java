@NullMarked
package dev.enclave.kit.ledger;

import org.jspecify.annotations.NullMarked;
