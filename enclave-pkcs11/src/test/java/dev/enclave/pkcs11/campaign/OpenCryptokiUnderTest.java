package dev.enclave.pkcs11.campaign;

import dev.enclave.processes.OpenCryptoki;
import java.io.IOException;
import java.nio.file.Path;

/** The software token of openCryptoki, which is the machine's and is initialised each time. */
public final class OpenCryptokiUnderTest extends TokenUnderTest {

  /** For the service loader. */
  public OpenCryptokiUnderTest() {
    super(OpenCryptoki.library(), OpenCryptoki.PIN);
  }

  @Override
  AutoCloseable token(Path folder) throws IOException, InterruptedException {
    OpenCryptoki openCryptoki = OpenCryptoki.start();
    boolean ready = false;
    try {
      openCryptoki.token();
      ready = true;
      return openCryptoki;
    } finally {
      if (!ready) {
        // Or nobody else of this process gets a turn.
        openCryptoki.close();
      }
    }
  }
}
