/** What keeps deferred operations and says when each is to be tried. */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.deferral;
