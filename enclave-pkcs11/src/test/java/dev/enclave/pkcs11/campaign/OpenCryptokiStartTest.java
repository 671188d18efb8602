package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.StartCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-opencryptoki")
class OpenCryptokiStartTest extends StartCampaign {

  OpenCryptokiStartTest() {
    super(new OpenCryptokiUnderTest());
  }
}
