package dev.enclave.campaign.demo;

import dev.enclave.campaign.CrashCampaign;

class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new KeyhouseUnderTest());
  }
}
