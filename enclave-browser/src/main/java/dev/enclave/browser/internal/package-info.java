/** What the reception of wallets says. */
@org.jspecify.annotations.NullMarked
package dev.enclave.browser.internal;
