/** Where a process runs: what detectors ask and answer, and the environment that they look at. */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.detection;
