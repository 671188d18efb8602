/** The recorded environments against all detectors there are; here, since here all modules meet. */
@org.jspecify.annotations.NullMarked
package dev.enclave.scenarios;
