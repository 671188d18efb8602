package dev.enclave.pkcs11.campaign;

import dev.enclave.campaign.RacersCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
@Tag("needs-opencryptoki")
class OpenCryptokiRacersTest extends RacersCampaign {

  OpenCryptokiRacersTest() {
    super(new OpenCryptokiUnderTest());
  }
}
