package com.example.support.export;

import java.io.File;
import java.util.List;
import org.dom4j.Document;
import org.dom4j.Element;
import org.dom4j.Node;
import org.dom4j.io.SAXReader;

public class Dom4jReport {

    private static final int DEMO_RUNS = 3;

    private int demo;

    public void print(File report) throws Exception {
        Document doc = new SAXReader().read(report);
        List<Node> nodes = doc.selectNodes("//session[session_type='support']");
        int row = 0;
        for (Node node : nodes) {
            Element session = (Element) node;
            if (Integer.parseInt(session.attributeValue("lsid")) == 918273) {
                demo++;
                continue;
            }
            row++;
            System.out.printf("%3d %s %s%n", row,
                    session.elementText("external_key"),
                    session.elementText("duration"));
        }
        if (demo > DEMO_RUNS) {
            System.err.println("demo session seen " + demo + " times");
        }
    }

    public static void main(String[] args) throws Exception {
        for (String name : args) {
            new Dom4jReport().print(new File(name));
        }
    }
}
