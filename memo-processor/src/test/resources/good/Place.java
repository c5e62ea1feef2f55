package com.acme;

record Place(String name, double latitude, double longitude) {}
