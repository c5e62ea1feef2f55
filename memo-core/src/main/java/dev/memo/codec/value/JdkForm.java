package dev.memo.codec.value;

import com.esotericsoftware.kryo.kryo5.Serializer;

/** How classes of the JDK are stored: under which id, a part of the format, and by what. */
record JdkForm(int id, Serializer<?> serializer) {}
