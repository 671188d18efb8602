/** What several packages share, for this module alone. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.internal;
