/** What both backends share, for this module alone. */
@org.jspecify.annotations.NullMarked
package dev.enclave.testkit.internal;
