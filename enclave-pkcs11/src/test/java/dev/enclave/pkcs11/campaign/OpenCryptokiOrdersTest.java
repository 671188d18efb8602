package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.OrdersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-opencryptoki")
class OpenCryptokiOrdersTest extends OrdersCampaign {

  OpenCryptokiOrdersTest() {
    super(new OpenCryptokiUnderTest());
  }
}
