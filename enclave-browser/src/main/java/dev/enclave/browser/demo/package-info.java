/** A page to look at: the wallet and its server on this machine's loopback. */
@org.jspecify.annotations.NullMarked
package dev.enclave.browser.demo;
