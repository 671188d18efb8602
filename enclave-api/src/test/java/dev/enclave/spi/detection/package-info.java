/** Tests of the SPI values. */
@org.jspecify.annotations.NullMarked
package dev.enclave.spi.detection;
