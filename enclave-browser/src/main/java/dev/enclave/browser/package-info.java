/** Registers wallets of browsers and verifies what they sign. */
@org.jspecify.annotations.NullMarked
package dev.enclave.browser;
